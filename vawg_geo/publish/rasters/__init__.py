"""Surfaces as rasters."""
