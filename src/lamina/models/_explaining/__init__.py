"""`model.explain`: the arithmetic of a model for one input."""
