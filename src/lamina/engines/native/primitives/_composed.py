"""NumPy's elementwise functions that are made of primitives."""

from typing import Any

import numpy as np

from lamina._lazy import lazy_module

from .._dispatch import UFUNCS, implements
from .._dtypes import is_float, promote
from .._operands import to_array
from .._tensor import plain, wrap
from ._comparison import equal, rint, trunc
from ._elementwise import FLOAT, converted

ml_dtypes = lazy_module("ml_dtypes")


@implements(np.round, np.around)
def _round(a: Any, decimals: int = 0) -> Any:
    x = to_array(a)
    if not is_float(x.dtype):
        return x
    if decimals == 0:
        return rint(x)
    scale = 10.0**decimals
    return rint(x * scale) / scale


@implements(np.nan_to_num)
def _nan_to_num(x: Any, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    x = to_array(x)
    if not is_float(x.dtype):
        return x
    # In x's own dtype: the largest float32 is infinite as a bfloat16.
    limits = np.finfo(x.dtype) if x.dtype.kind in "fc" else ml_dtypes.finfo(x.dtype)
    x = np.where(np.isnan(x), nan, x)
    x = np.where(x == np.inf, float(limits.max) if posinf is None else posinf, x)
    return np.where(x == -np.inf, float(limits.min) if neginf is None else neginf, x)


implements(np.isposinf)(lambda x: equal.apply(x, np.inf))
implements(np.isneginf)(lambda x: equal.apply(x, -np.inf))
implements(np.isreal)(lambda x: np.ones(x.shape, bool))
implements(np.real)(lambda x: x)
UFUNCS[np.positive] = to_array
implements(np.fix)(lambda x: trunc.apply(x))
implements(np.angle)(lambda x, deg=False: np.where(x < 0, float(180 if deg else np.pi), 0.0))


@implements(np.conjugate)
def _conjugate(x: Any) -> Any:
    x = to_array(x)
    if x.dtype.kind != "c":
        return x
    return wrap(plain(x).conj())  # complex numbers are computed with eagerly only


UFUNCS[np.conjugate] = _conjugate


@implements(np.sinc)
def _sinc(x: Any) -> Any:
    x = converted(FLOAT, x)[0] * float(np.pi)
    safe = np.where(x == 0, 1, x)
    return np.where(x == 0, 1, np.sin(safe) / safe)


@implements(np.isclose)
def _isclose(a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    a, b = converted(FLOAT, a, b)
    close = np.abs(a - b) <= atol + rtol * np.abs(b)
    close = np.where(np.isfinite(a) & np.isfinite(b), close, a == b)
    return close | (np.isnan(a) & np.isnan(b)) if equal_nan else close


@implements(np.result_type)
def _result_type(*args: Any) -> np.dtype:
    return promote(*args)


@implements(np.isscalar)
def _isscalar(x: Any) -> bool:
    return False
