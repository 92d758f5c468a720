"""Sequences of integers and series: what `keras.preprocessing.sequence` held."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
