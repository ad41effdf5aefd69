"""Which service reaches whom."""
