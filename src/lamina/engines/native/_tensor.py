"""The tensor of this engine: `numpy.ndarray` with `.numpy()` and Keras's dtype promotion."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lamina._checks import NO_ASSIGNMENT
from lamina._lazy import lazy_module
from lamina._symbols import SYMBOLIC

from ._dispatch import FUNCTIONS, UFUNCS, assign_without_writing
from ._trace import current_trace
from ._tracer import Tracer

_notebook = lazy_module("lamina._markup._notebook")


class Tensor(np.ndarray):
    """A NumPy array that is never written: `x += 1` makes a new one.

    It has `.numpy()`, and its operators promote dtypes as Keras does (int32 with float32 gives float32).
    """

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError(NO_ASSIGNMENT)

    def numpy(self) -> np.ndarray:
        """A plain NumPy copy."""
        return np.array(self, copy=True, subok=False)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        for x in inputs:
            if type(x) is Tracer or type(x) in SYMBOLIC:
                return NotImplemented
        if method == "__call__" and out is None and not kwargs:
            implementation = UFUNCS.get(ufunc)
            if implementation is not None:
                return implementation(*inputs)
        if out is not None:
            if any(isinstance(o, Tensor) for o in out):
                raise TypeError(f"numpy.{ufunc.__name__}: out= must be a plain NumPy array. A tensor is never written.")
            return getattr(ufunc, method)(*(plain(x) for x in inputs), out=out, **kwargs)
        result = getattr(ufunc, method)(*(plain(x) for x in inputs), **kwargs)
        return result if result is None else wrap(result) if not isinstance(result, list) else result

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if Tracer in types or not SYMBOLIC.isdisjoint(types):
            return NotImplemented
        # Some functions do not offer all their arguments for dispatch: take(array, traced indices).
        for a in (*args, *kwargs.values()):
            if type(a) is Tracer:
                return FUNCTIONS[func](*args, **kwargs)
        trace = current_trace()
        if trace is not None and trace.watched and func in FUNCTIONS:
            return FUNCTIONS[func](*args, **kwargs)
        # On plain arrays, since NumPy's own code works in place on what it has made.
        result = func(*_all(plain, args), **{k: _all(plain, v) for k, v in kwargs.items()})
        return _all(lambda x: wrap(x) if isinstance(x, (np.ndarray, np.generic)) else x, result)

    def _repr_html_(self) -> str:
        return _notebook.array_card("Tensor", plain(self))

    __hash__ = None


for _divided in (np.mean, np.std, np.var):  # ndarray's methods divide their sums in place
    setattr(Tensor, _divided.__name__, lambda self, *args, f=_divided, **kwargs: f(self, *args, **kwargs))

assign_without_writing(Tensor)


def plain(x: Any) -> Any:
    """The array itself, without the Tensor class."""
    return x.view(np.ndarray) if type(x) is Tensor else x


def wrap(x: Any) -> Any:
    """`x` as a Tensor over the same memory, which cannot be written through it."""
    if isinstance(x, tuple):
        return tuple(map(wrap, x))
    tensor = np.asarray(x).view(Tensor)
    tensor.setflags(write=False)
    return tensor


def _all(convert: Callable[..., Any], x: Any) -> Any:
    """`x` with `convert` applied to what the tuples and lists in it hold."""
    if isinstance(x, (tuple, list)):
        items = [_all(convert, i) if isinstance(i, (tuple, list)) else convert(i) for i in x]
        return type(x)(*items) if hasattr(x, "_fields") else type(x)(items)
    return convert(x)
