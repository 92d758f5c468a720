"""What weights must satisfy after each update (`lamina.constraints`)."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
