"""What is kept for programs and files of Keras 1 and 2."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
