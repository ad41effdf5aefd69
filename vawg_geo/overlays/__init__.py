"""What is laid over the rates: hotspots and clusters, and later deprivation and services."""
