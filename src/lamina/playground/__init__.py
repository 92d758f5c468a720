"""`lamina playground`: a local page on which one sees a small network learn."""
