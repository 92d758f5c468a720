"""Tables that are larger than the memory they may take: read as streams of rows."""
