"""Objects in the form of files before Keras 3."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
