"""Files of models and weights, and the registry of what they may name."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
