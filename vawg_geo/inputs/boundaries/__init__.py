"""Boundary files: found, read, checked."""
