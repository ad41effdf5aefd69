"""The page: its JSON, its scripts, its files."""
