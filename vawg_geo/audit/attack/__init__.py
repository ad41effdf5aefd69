"""What a reader can work out from what was read."""
