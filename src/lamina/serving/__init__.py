"""`lamina serve`: a model behind HTTP."""
