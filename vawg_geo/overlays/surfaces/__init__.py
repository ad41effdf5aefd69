"""Density surfaces."""
