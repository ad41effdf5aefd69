"""The gate: what an edition may show. Later rooms see an edition's counts and no others."""
