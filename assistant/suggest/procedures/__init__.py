"""What was done or given in the encounter: HCPCS codes with units, ICD-10-PCS tables with the axes that the note fills."""
