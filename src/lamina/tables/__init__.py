"""Tables as people keep them, and models of them."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
