"""What goes into the classifiers, and what their outputs mean."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
