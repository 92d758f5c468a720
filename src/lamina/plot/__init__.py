"""Plots of trainings, answers and networks, by matplotlib (extra `plot`). Each gives the axes that it drew on."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
