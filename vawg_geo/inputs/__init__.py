"""Reading and validating: everything that comes from disk or network comes through here."""
