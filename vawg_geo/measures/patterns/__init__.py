"""Spatial autocorrelation, of the whole and of each area."""
