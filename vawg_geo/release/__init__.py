"""Between written and shown: every way out is audited, and the ledger says what went."""
