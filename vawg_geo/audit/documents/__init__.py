"""Pages, pictures and texts as a reader finds them."""
