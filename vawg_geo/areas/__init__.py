"""Which area is this row: names, joins and their reports, neighbours, coverages."""
