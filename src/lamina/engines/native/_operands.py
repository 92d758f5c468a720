"""From whatever a caller gives to arrays and tracers of one dtype."""

from typing import Any

import numpy as np

from ._dispatch import FUNCTIONS
from ._dtypes import promote
from ._trace import is_traced
from ._tracer import Tracer


def as_operands(*args: Any) -> list[Any]:
    """The operands in one dtype, chosen by Keras's promotion; Python scalars follow the arrays."""
    dtype = promote(*args)
    return [to_dtype(a, dtype) for a in args]


def to_dtype(x: Any, dtype: np.dtype) -> Any:
    if type(x) is Tracer or isinstance(x, np.ndarray):
        return x if x.dtype == dtype else FUNCTIONS[np.astype](x, dtype)
    return to_array(x).astype(dtype)


def to_array(x: Any) -> Any:
    """An array or tracer from anything array-like, lists of tracers included."""
    if type(x) is Tracer or isinstance(x, np.ndarray):
        return x
    if hasattr(x, "__tensor__"):
        return x.__tensor__()
    if isinstance(x, (list, tuple)) and any(is_traced(i) or isinstance(i, (list, tuple)) for i in x):
        if _holds_tracer(x):
            return FUNCTIONS[np.stack]([to_array(i) for i in x])
    return np.asarray(x)


def _holds_tracer(x: Any) -> bool:
    if isinstance(x, (list, tuple)):
        return any(_holds_tracer(i) for i in x)
    return is_traced(x)
