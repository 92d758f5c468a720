"""Python's operators on KerasTensors."""

from typing import Any

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


def _attach() -> None:
    cls: Any = KerasTensor
    for name, function in (_BINARY | _COMPARISONS).items():
        setattr(cls, f"__{name}__", _forward(function))
    for name, function in _BINARY.items():
        setattr(cls, f"__r{name}__", _backward(function))
    for name, alone in _UNARY.items():
        setattr(cls, f"__{name}__", _alone(alone))
    cls.__getitem__ = lambda self, key: _indexing.get_item(self, key)
    # NumPy arrays leave their operators with a KerasTensor to it.
    cls.__array_ufunc__ = None
    cls.astype = lambda self, dtype: cast(self, dtype)
    cls.reshape = lambda self, *shape: _shaping.reshape(self, shape[0] if len(shape) == 1 else shape)
    cls.squeeze = lambda self, axis=None: _shaping.squeeze(self, axis)
    cls.T = property(lambda self: _shaping.transpose(self))


def _forward(function: Any) -> Any:
    return lambda self, other: function(self, other)


def _backward(function: Any) -> Any:
    return lambda self, other: function(other, self)


def _alone(function: Any) -> Any:
    return lambda self: function(self)


_attach()
