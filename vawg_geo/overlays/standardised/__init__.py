"""Figures as if all areas had residents of the same ages."""
