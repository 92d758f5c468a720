"""Pictures of images with their labels, boxes and masks."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
