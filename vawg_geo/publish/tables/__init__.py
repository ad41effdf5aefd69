"""Tables and their descriptor."""
