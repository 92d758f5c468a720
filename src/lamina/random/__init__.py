"""Random tensors (`lamina.random`)."""

from lamina._lazy import attach

# What the floors above use and users do not.
from ._seed import draw_seed as draw_seed
from ._seed import set_default_generator as set_default_generator

__getattr__, __dir__, __all__ = attach(__name__)
