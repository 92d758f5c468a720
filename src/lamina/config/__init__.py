"""Settings: engine, float type, image layout, dtype policy."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
