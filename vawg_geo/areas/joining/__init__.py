"""Counts joined to areas by code or name."""
