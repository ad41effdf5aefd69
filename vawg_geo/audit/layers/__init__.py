"""Files of layers and rasters as a reader finds them."""
