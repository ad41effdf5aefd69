"""Hotspots and clusters of an edition."""
