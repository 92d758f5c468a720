"""Which dtype layers compute in, and which their weights are kept in."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
