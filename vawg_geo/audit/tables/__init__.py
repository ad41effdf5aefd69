"""Tables as a reader finds them."""
