"""Fashion-MNIST: 70,000 pictures of clothes, 28 x 28 pixels."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
