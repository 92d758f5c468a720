"""Python's operators on KerasTensors."""

from typing import Any

import numpy as np

from lamina._names import NAMES
from lamina._symbols import SYMBOLIC

from . import _binary, _elementwise, _indexing, _products, _shaping
from ._convert import cast
from ._symbolic import KerasTensor

_BINARY = {
    "add": _binary.add,
    "sub": _binary.subtract,
    "mul": _binary.multiply,
    "truediv": _binary.divide,
    "floordiv": _binary.floor_divide,
    "mod": _binary.mod,
    "pow": _binary.power,
    "matmul": _products.matmul,
    "and": _binary.logical_and,
    "or": _binary.logical_or,
    "xor": _binary.logical_xor,
}
_COMPARISONS = {
    "lt": _binary.less,
    "le": _binary.less_equal,
    "gt": _binary.greater,
    "ge": _binary.greater_equal,
    "ne": _binary.not_equal,
}
_UNARY = {"neg": _elementwise.negative, "abs": _elementwise.absolute, "invert": _elementwise.logical_not}

# What NumPy arrays do in an operator with a KerasTensor.
_OF_ARRAYS: dict[Any, Any] = {
    np.add: _BINARY["add"], np.subtract: _BINARY["sub"], np.multiply: _BINARY["mul"], np.true_divide: _BINARY["truediv"],
    np.floor_divide: _BINARY["floordiv"], np.remainder: _BINARY["mod"], np.power: _BINARY["pow"],
    np.matmul: _BINARY["matmul"], np.bitwise_and: _BINARY["and"], np.bitwise_or: _BINARY["or"],
    np.bitwise_xor: _BINARY["xor"], np.less: _COMPARISONS["lt"], np.less_equal: _COMPARISONS["le"],
    np.greater: _COMPARISONS["gt"], np.greater_equal: _COMPARISONS["ge"], np.not_equal: _COMPARISONS["ne"],
}  # fmt: skip


def _attach() -> None:
    cls: Any = KerasTensor
    SYMBOLIC.add(cls)
    for name, function in (_BINARY | _COMPARISONS).items():
        setattr(cls, f"__{name}__", _forward(function))
    for name, function in _BINARY.items():
        setattr(cls, f"__r{name}__", _backward(function))
    for name, alone in _UNARY.items():
        setattr(cls, f"__{name}__", _alone(alone))
    cls.__getitem__ = lambda self, key: _indexing.get_item(self, key)
    cls.__array_ufunc__ = _numpy_ufunc
    cls.__array_function__ = _numpy_function
    cls.astype = lambda self, dtype: cast(self, dtype)
    cls.reshape = lambda self, *shape: _shaping.reshape(self, shape[0] if len(shape) == 1 else shape)
    cls.squeeze = lambda self, axis=None: _shaping.squeeze(self, axis)
    cls.T = property(lambda self: _shaping.transpose(self))


def _numpy_ufunc(self: Any, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
    """Does the operators of NumPy arrays with a KerasTensor, which come here; refuses all else."""
    if ufunc in _OF_ARRAYS and method == "__call__" and not kwargs:
        return _OF_ARRAYS[ufunc](*inputs)
    if ufunc is np.equal:
        return False  # the operator == asks whether it is the same object
    raise TypeError(_not_by_numpy(self, ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"))


def _numpy_function(self: Any, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
    if function in (np.shape, np.ndim):
        return self.shape if function is np.shape else self.ndim
    raise TypeError(_not_by_numpy(self, function.__name__))


def _not_by_numpy(symbol: KerasTensor, name: str) -> str:
    own = f"lamina.ops.{name}" if name in NAMES["ops"] else "a function of lamina.ops or a layer"
    return (
        f"np.{name} needs values, and {symbol!r} is symbolic: it has only a shape and a dtype. Use {own} in its place; "
        "or call the finished model on data, and NumPy on what it gives."
    )


def _forward(function: Any) -> Any:
    return lambda self, other: function(self, other)


def _backward(function: Any) -> Any:
    return lambda self, other: function(other, self)


def _alone(function: Any) -> Any:
    return lambda self: function(self)


_attach()
