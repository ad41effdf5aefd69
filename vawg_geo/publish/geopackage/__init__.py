"""The GeoPackage."""
