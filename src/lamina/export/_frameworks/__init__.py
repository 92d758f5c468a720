"""The same program as the NumPy file's, run on the arrays of another library, so that this library can take it down."""
