"""Random tensors (`lamina.random`)."""

from lamina._lazy import attach

from ._draws import beta as beta
from ._draws import binomial as binomial
from ._draws import categorical as categorical
from ._draws import dropout as dropout
from ._draws import gamma as gamma
from ._draws import normal as normal
from ._draws import randint as randint
from ._draws import shuffle as shuffle
from ._draws import truncated_normal as truncated_normal
from ._draws import uniform as uniform
from ._seed import draw_seed as draw_seed
from ._seed import set_default_generator as set_default_generator

# Names that live on higher floors (SeedGenerator) are loaded when they are asked for.
__getattr__, __dir__, __all__ = attach(__name__)
