"""Layers, in folders by family."""

from lamina._lazy import attach

from . import application as _application  # noqa: F401  (known to files only)

__getattr__, __dir__, __all__ = attach(__name__)
