"""The optimizers under the names of Keras 2.11: the same classes."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
