"""Data sets: what `fit`, `evaluate`, `predict` and `adapt` read, made lazily element by element."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
