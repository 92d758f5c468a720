"""CIFAR-10: 60,000 photographs of ten kinds, 32 x 32 pixels."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
