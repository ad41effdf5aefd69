"""Writing what an edition shows: pages, GeoPackage, tables. Takes an edition's results only."""
