"""The words of the field and of the tables: columns, codes, periods, indicators."""
