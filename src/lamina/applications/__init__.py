"""Image classifiers of the literature, with weights trained on ImageNet."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
