"""Metrics: what is told about a model beside its loss (`lamina.metrics`)."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
