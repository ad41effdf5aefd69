"""Points of events, read in pieces."""
