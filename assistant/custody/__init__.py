"""Patient data as a whole, over every station: purge of a patient, retention, export of everything."""
