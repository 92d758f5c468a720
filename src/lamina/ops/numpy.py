"""The functions that NumPy has too (`lamina.ops.numpy`)."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
