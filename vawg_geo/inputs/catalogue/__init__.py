"""The catalogue of official files: listed, fetched, kept with checksums."""
