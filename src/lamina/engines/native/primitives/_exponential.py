"""Exponentials and logarithms, the circular and the hyperbolic functions and their inverses."""

import numpy as np

from .._dispatch import UFUNCS
from ._elementwise import FLOAT, elementwise

exp = elementwise("exp", np.exp, FLOAT, lambda g, y, x: g * y, scalar="exp")
exp2 = elementwise("exp2", np.exp2, FLOAT, lambda g, y, x: g * y * float(np.log(2)))
expm1 = elementwise("expm1", np.expm1, FLOAT, lambda g, y, x: g * (y + 1), scalar="expm1")
log = elementwise("log", np.log, FLOAT, lambda g, y, x: g / x, scalar="log")
log2 = elementwise("log2", np.log2, FLOAT, lambda g, y, x: g / (x * float(np.log(2))))
log10 = elementwise("log10", np.log10, FLOAT, lambda g, y, x: g / (x * float(np.log(10))))
log1p = elementwise("log1p", np.log1p, FLOAT, lambda g, y, x: g / (1 + x), scalar="log1p")
logaddexp = elementwise(
    "logaddexp", np.logaddexp, FLOAT, lambda g, y, a, b: g * np.exp(a - y), lambda g, y, a, b: g * np.exp(b - y)
)
logaddexp2 = elementwise(
    "logaddexp2", np.logaddexp2, FLOAT, lambda g, y, a, b: g * np.exp2(a - y), lambda g, y, a, b: g * np.exp2(b - y)
)

# --- circular and hyperbolic ------------------------------------------------------------------------------------------

sin = elementwise("sin", np.sin, FLOAT, lambda g, y, x: g * np.cos(x))
cos = elementwise("cos", np.cos, FLOAT, lambda g, y, x: -(g * np.sin(x)))
tan = elementwise("tan", np.tan, FLOAT, lambda g, y, x: g * (1 + np.square(y)))
arcsin = elementwise("arcsin", np.arcsin, FLOAT, lambda g, y, x: g / np.sqrt(1 - np.square(x)))
arccos = elementwise("arccos", np.arccos, FLOAT, lambda g, y, x: -(g / np.sqrt(1 - np.square(x))))
arctan = elementwise("arctan", np.arctan, FLOAT, lambda g, y, x: g / (1 + np.square(x)))
arctan2 = elementwise(
    "arctan2", np.arctan2, FLOAT,
    lambda g, y, a, b: g * b / (np.square(a) + np.square(b)), lambda g, y, a, b: -(g * a / (np.square(a) + np.square(b))),
)  # fmt: skip
sinh = elementwise("sinh", np.sinh, FLOAT, lambda g, y, x: g * np.cosh(x))
cosh = elementwise("cosh", np.cosh, FLOAT, lambda g, y, x: g * np.sinh(x))
tanh = elementwise("tanh", np.tanh, FLOAT, lambda g, y, x: g * (1 - np.square(y)), scalar="tanh")
arcsinh = elementwise("arcsinh", np.arcsinh, FLOAT, lambda g, y, x: g / np.sqrt(np.square(x) + 1))
arccosh = elementwise("arccosh", np.arccosh, FLOAT, lambda g, y, x: g / np.sqrt(np.square(x) - 1))
arctanh = elementwise("arctanh", np.arctanh, FLOAT, lambda g, y, x: g / (1 - np.square(x)))
deg2rad = elementwise("deg2rad", np.deg2rad, FLOAT, lambda g, y, x: g * float(np.pi / 180))
rad2deg = elementwise("rad2deg", np.rad2deg, FLOAT, lambda g, y, x: g * float(180 / np.pi))
UFUNCS[np.radians] = deg2rad.apply
UFUNCS[np.degrees] = rad2deg.apply
