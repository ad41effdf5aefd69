"""Change over periods: whether, where, and since when."""
