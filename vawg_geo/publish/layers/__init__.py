"""Layers and tables of each overlay, as an edition shows them."""
