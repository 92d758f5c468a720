"""HTML and SVG as text, for pages and notebooks; knows nothing of what is shown."""
