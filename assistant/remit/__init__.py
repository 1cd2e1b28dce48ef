"""835 -> Transaction -> balance -> reasons -> next actions -> explanation, letters, denial work queue."""
