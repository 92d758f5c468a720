"""Advice: what is wrong with a network, told from the model, its loss, its optimizer and a batch, before the first step."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
