"""Images and arrays: what `keras.preprocessing.image` held."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
