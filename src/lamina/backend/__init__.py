"""Keras's backend functions under their old home: settings, and the graph-era functions of `keras.backend as K`."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
