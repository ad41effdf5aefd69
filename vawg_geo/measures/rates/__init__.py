"""Rates, their limits, comparisons, classes."""
