"""Optimizers: how weights follow their gradients (`lamina.optimizers`)."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
