"""Boxes around the things in images: formats, overlap, what moving an image does to them."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
