"""The stand-in for an array in a traced function: it answers NumPy's dispatch protocols and records primitives."""

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lamina._checks import NO_ASSIGNMENT
from lamina._symbols import SYMBOLIC

from ._dispatch import FUNCTIONS, UFUNCS, assign_without_writing
from ._graph import Var


class ConcreteValueError(TypeError):
    """A traced function asked for the value of a tensor, which is not known while it is traced."""


class Tracer(np.lib.mixins.NDArrayOperatorsMixin):
    """Stands for an array in a traced function: it has a shape and a dtype, and a value only under a tape."""

    __slots__ = ("__weakref__", "_keras_mask", "ref", "trace")
    __array_priority__ = 1000
    __hash__ = object.__hash__

    def __init__(self, var: Var, trace: Any):
        self.ref = var
        self.trace = trace

    shape = property(lambda self: self.ref.shape)
    dtype = property(lambda self: self.ref.dtype)
    ndim = property(lambda self: len(self.ref.shape))
    size = property(lambda self: int(np.prod(self.ref.shape, dtype=np.int64)))
    T = property(lambda self: np.transpose(self))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        if any(type(x) in SYMBOLIC for x in inputs):
            return NotImplemented
        if out is not None:
            raise ConcreteValueError(
                f"numpy.{ufunc.__name__} with out= (or an in-place operator on a NumPy array) cannot write a traced "
                "tensor into an array: write `x = x + y` instead, or start from a tensor such as ops.zeros(...)."
            )
        if method == "reduce":
            reduction = {np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min}.get(ufunc)
            if reduction is not None:
                return FUNCTIONS[reduction](*inputs, **kwargs)
        if method == "__call__" and ufunc in UFUNCS:
            return UFUNCS[ufunc](*inputs, **kwargs)
        raise self._untraceable(f"numpy.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}"))

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if not SYMBOLIC.isdisjoint(types):
            return NotImplemented
        if func in FUNCTIONS:
            return FUNCTIONS[func](*args, **kwargs)
        raise self._untraceable(f"{func.__module__}.{func.__name__}")

    def _untraceable(self, what: str) -> TypeError:
        return TypeError(
            f"{what} has no traced form, so it cannot be compiled or differentiated. Use the function of lamina.ops "
            "that does it, or run with run_eagerly=True."
        )

    def _value(self, what: str) -> np.ndarray:
        if self.trace.eager:
            return self.ref.value
        raise ConcreteValueError(
            f"{what} needs the value of a tensor while the function is being traced for compilation: {self!r} has only "
            "a shape and a dtype. Use lamina.ops.where, lamina.ops.cond or lamina.ops.while_loop for decisions that "
            "depend on values, or run the model with run_eagerly=True."
        )

    def numpy(self) -> np.ndarray:
        return np.array(self._value("numpy()"))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self._value("Turning it into a NumPy array"), dtype=dtype)

    def __bool__(self) -> bool:
        return bool(self._value("A truth test such as `if x > 0:`"))

    def __float__(self) -> float:
        return float(self._value("float()"))

    def __int__(self) -> int:
        return int(self._value("int()"))

    def __index__(self) -> int:
        return int(self._value("Using it as an index or a size"))

    def item(self) -> Any:
        return self._value("item()").item()

    def tolist(self) -> Any:
        return self._value("tolist()").tolist()

    def __format__(self, spec: str) -> str:
        return format(self._value("Formatting"), spec) if spec else str(self)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a tensor without axes.")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        return FUNCTIONS[operator.getitem](self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError(NO_ASSIGNMENT)

    def astype(self, dtype: Any, copy: bool = True) -> Any:
        return FUNCTIONS[np.astype](self, dtype)

    def reshape(self, *shape: Any) -> Any:
        return np.reshape(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> Any:
        return np.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)

    def flatten(self) -> Any:
        return np.reshape(self, -1)

    ravel = flatten

    def squeeze(self, axis: Any = None) -> Any:
        return np.squeeze(self, axis)

    def copy(self) -> Any:
        return self

    def __repr__(self) -> str:
        value = f", value={self.ref.value}" if self.trace.eager else ""
        return f"<Tracer shape={self.shape}, dtype={self.dtype.name}{value}>"


assign_without_writing(Tracer)


def _method(function: Any) -> Callable[..., Any]:
    def method(self: Tracer, *args: Any, **kwargs: Any) -> Any:
        return FUNCTIONS[function](self, *args, **kwargs)

    method.__name__ = function.__name__
    return method


for _function in (np.sum, np.mean, np.max, np.min, np.prod, np.any, np.all, np.std, np.var, np.argmax, np.argmin,
                  np.cumsum, np.cumprod, np.clip, np.round, np.dot, np.take, np.repeat, np.swapaxes, np.argsort):  # fmt: skip
    setattr(Tracer, _function.__name__.replace("amax", "max").replace("amin", "min"), _method(_function))


def leaked(tracer: Tracer) -> ConcreteValueError:
    return ConcreteValueError(
        f"A tensor of a traced function ({tracer!r}) was used after the trace had ended. Return it from the function "
        "instead of keeping it in an attribute or a list, or run with run_eagerly=True."
    )
