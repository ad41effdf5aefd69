"""Deprivation of areas, and rates beside it."""
