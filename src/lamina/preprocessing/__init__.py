"""Text and sequence helpers of old Keras programs."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
