# Written by scripts/make_face.py; do not edit.

from ._seed import draw_seed as draw_seed
from ._seed import set_default_generator as set_default_generator
from lamina.variables._seed_generator import SeedGenerator as SeedGenerator
from lamina.random._draws import beta as beta
from lamina.random._draws import binomial as binomial
from lamina.random._draws import categorical as categorical
from lamina.random._draws import dropout as dropout
from lamina.random._draws import gamma as gamma
from lamina.random._draws import normal as normal
from lamina.random._draws import randint as randint
from lamina.random._draws import shuffle as shuffle
from lamina.random._draws import truncated_normal as truncated_normal
from lamina.random._draws import uniform as uniform
