"""Programs written for Keras 1, 2 or 3, run unmodified: `keras`, `tf_keras` and `tensorflow.keras` become names of lamina."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
