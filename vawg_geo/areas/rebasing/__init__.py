"""Counts carried from the areas of one year to those of another."""
