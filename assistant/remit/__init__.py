"""835 -> Remittance -> balance -> reasons -> next actions -> explanation, letters, denial work queue."""
