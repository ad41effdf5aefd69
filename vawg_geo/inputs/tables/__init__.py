"""Tables as they come: delimited text and workbooks."""
