"""A model as one Python file and one `.npz`, which need NumPy alone."""
