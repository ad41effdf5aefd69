"""Numbers in, numbers out: intervals, rates, significance, class breaks. No input or output."""
