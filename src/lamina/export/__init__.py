"""Trained models as files that run where lamina is not: NumPy, ONNX, C, and the programs of JAX, PyTorch and TensorFlow."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
