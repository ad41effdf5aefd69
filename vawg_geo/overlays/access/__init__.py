"""How far residents live from sites, and where the next one helps most."""
