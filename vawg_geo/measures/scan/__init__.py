"""The circular scan."""
