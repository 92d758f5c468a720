"""Models: layers joined to a whole that can be trained, saved and looked at."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
