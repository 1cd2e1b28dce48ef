"""What a remittance says of one claim: amounts, reasons, who owes what, what to do."""
