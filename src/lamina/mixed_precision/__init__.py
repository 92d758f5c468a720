"""Dtype policies and loss scaling under their older names."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
