"""Reuters: 11,228 newswires as numbers of words."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
