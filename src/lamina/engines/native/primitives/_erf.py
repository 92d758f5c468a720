"""The error function and the other special functions that NumPy lacks."""

import numpy as np

from .._dispatch import FUNCTIONS
from .._dtypes import FLOAT32
from . import _special as special
from ._elementwise import FLOAT, elementwise
from ._pieces import in_pieces

erf = elementwise(
    "erf", special.erf, FLOAT, lambda g, y, x: g * (np.exp(-np.square(x)) * float(2 / np.sqrt(np.pi))),
    bound=in_pieces(special.rational_erf, rooms=3, worth=lambda node: node.inputs[0].dtype == FLOAT32), scalar="erf",
)  # fmt: skip
erfinv = elementwise(
    "erfinv", special.erfinv, FLOAT, lambda g, y, x: g * (np.exp(np.square(y)) * float(np.sqrt(np.pi) / 2))
)
digamma = elementwise("digamma", special.digamma, FLOAT, lambda g, y, x: g * trigamma(x))
trigamma = elementwise("trigamma", special.trigamma, FLOAT, lambda g, y, x: g * polygamma2(x))
polygamma2 = elementwise("polygamma2", special.polygamma2, FLOAT)
lgamma = elementwise("lgamma", special.lgamma, FLOAT, lambda g, y, x: g * digamma(x))


def _i0(x: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    value = np.i0(x).astype(x.dtype)
    if out is None:
        return value
    np.copyto(out, value)
    return out


i0 = elementwise("i0", _i0, FLOAT, lambda g, y, x: g * i1(x))
i1 = elementwise("i1", special.i1, FLOAT)
sigmoid = elementwise("sigmoid", special.sigmoid, FLOAT, lambda g, y, x: g * (y * (1 - y)), scalar="sigmoid")
softplus = elementwise("softplus", special.softplus, FLOAT, lambda g, y, x: g * sigmoid(x), scalar="softplus")
FUNCTIONS[np.i0] = i0.apply
