"""Recurrent layers, and wrappers over the steps of a sequence."""
