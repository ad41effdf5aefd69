"""Profiles of wards as a published assessment gives them."""
