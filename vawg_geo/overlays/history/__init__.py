"""Published figures over time of a source, and what the source says of change."""
