"""IMDB: 50,000 film reviews as numbers of words."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
