"""Smoothed relative risks of small areas, with the probability that they are high."""
