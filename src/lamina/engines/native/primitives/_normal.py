"""Standard normal numbers of uniform ones: the quantile function of the normal distribution, which is sqrt(2) erfinv(2 u - 1).

Source: M. Giles, Approximating the erfinv function (2012), in single precision. Each number needs one uniform number and no
other, so that threads, tiles and vectors may take any part of them.
"""

import math
from typing import Any

import numpy as np

from ._elementwise import elementwise
from ._pieces import in_pieces
from ._special import ERFINV_CENTRAL, ERFINV_TAIL, polynomial

_CENTRAL, _TAIL = (tuple(math.sqrt(2) * c for c in row) for row in (ERFINV_CENTRAL, ERFINV_TAIL))
_LAST = 1 - 2.0**-24  # 2 (k + 1/2) / 2^24 - 1 = 2 u - _LAST for u = k / 2^24, exactly; never -1 or 1


def _quantile(u: np.ndarray, w: np.ndarray, p: np.ndarray, out: np.ndarray) -> None:
    """Of one piece into `out`, which may be `u`, with two arrays of the same shape to work in."""
    np.multiply(u, 2, out=out)
    np.subtract(out, _LAST, out=out)
    np.subtract(1, out, out=w)
    np.add(out, 1, out=p)
    np.multiply(w, p, out=w)
    np.log(w, out=w)
    far = np.flatnonzero(w <= -5)
    np.subtract(-2.5, w, out=w)
    polynomial(w, _CENTRAL, p)
    if far.size:
        root = np.sqrt(w[far] + 2.5) - 3
        tail = np.empty_like(root)
        polynomial(root, _TAIL, tail)
        p[far] = tail
    np.multiply(out, p, out=out)


_BOUND = in_pieces(_quantile, rooms=2)


def _forward(u: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    found = np.empty(u.shape, u.dtype)
    _BOUND.bind((np.ascontiguousarray(u),), (found,), [np.empty(s.shape, s.dtype) for s in _BOUND.workspace(u)])()
    if out is None:
        return found
    np.copyto(out, found)
    return out


def _scalar(f: Any, u: Any) -> Any:
    one = f.like(1, u)
    x = f.subtract(f.add(u, u), f.like(_LAST, u))
    w = f.negative(f.log(f.multiply(f.subtract(one, x), f.add(one, x))))
    central = f.polynomial(f.subtract(w, f.like(2.5, u)), _CENTRAL)
    tail = f.polynomial(f.subtract(f.sqrt(w), f.like(3, u)), _TAIL)
    return f.multiply(x, f.choose(f.compare("less", w, f.like(5, u)), central, tail))


# Of numbers k / 2^24, as `random_uniform` draws them in float32; there is no gradient, since draws have none.
normal_of_uniform = elementwise("normal_of_uniform", _forward, bound=_BOUND, scalar=_scalar)
