"""ICD-10-PCS as its tables: what each axis allows, what each value means, and words to find a table by."""
