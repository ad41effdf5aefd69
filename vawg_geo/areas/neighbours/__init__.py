"""Which areas are neighbours."""
