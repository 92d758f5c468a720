"""The error function and the other special functions that NumPy lacks."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._dispatch import FUNCTIONS
from .._dtypes import FLOAT32
from .._graph import Spec
from .._primitive import Bound
from . import _special as special
from ._elementwise import FLOAT, elementwise

PIECE = 1 << 14  # elements worked on at a time: their intermediate results stay in the cache


def _bind_erf(inputs: Any, outputs: Any, work: Any) -> Callable[[], None]:
    x, out = inputs[0].reshape(-1), outputs[0].reshape(-1)
    pieces = [(x[a : a + PIECE], out[a : a + PIECE]) for a in range(0, x.size, PIECE)]
    arrays = [(part, *(w[: part.size] for w in work), target) for part, target in pieces]

    def run() -> None:
        for part in arrays:
            special.rational_erf(*part)

    return run


erf = elementwise(
    "erf", special.erf, FLOAT, lambda g, y, x: g * (np.exp(-np.square(x)) * float(2 / np.sqrt(np.pi))),
    bound=Bound(
        bind=_bind_erf,
        workspace=lambda x: (Spec((min(math.prod(x.shape), PIECE),), FLOAT32),) * 3,
        worth=lambda node: node.inputs[0].dtype == FLOAT32,
    ),
    scalar="erf",
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
