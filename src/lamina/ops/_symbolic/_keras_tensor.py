"""A symbolic tensor: shape and dtype without data, and the operation that made it."""

from collections.abc import Iterable
from typing import Any

from lamina._checks import NO_ASSIGNMENT
from lamina._public import public
from lamina._typing import DType, Shape, TensorLike

from .._dtypes import standardize_dtype


@public("KerasTensor")
class KerasTensor:
    """A placeholder that layers and ops are joined on to describe a model before any data flows.

    Args:
        shape: tuple[Any, ...] of ints, with None for a size known only at run time (the batch, mostly).
        dtype: name of the dtype.
        sparse, ragged: whether the data is sparse or ragged; kept for the spec, the engines here are dense.
        record_history: kept; operations on it are recorded in either case.
        name: optional name.
    Example:
        >>> x = KerasTensor((None, 3))
        >>> (x + 1.0).shape
        (None, 3)
    """

    def __init__(
        self,
        shape: Shape,
        dtype: DType = "float32",
        sparse: bool = False,
        ragged: bool = False,
        record_history: bool = True,
        name: str | None = None,
    ):
        if not isinstance(shape, Iterable):
            raise ValueError(f"KerasTensor: shape must be a tuple of sizes; got {shape!r}.")
        self.shape: Any = tuple(None if size is None else int(size) for size in shape)
        self._dtype = standardize_dtype(dtype)
        self.sparse: bool = bool(sparse)
        self.ragged: bool = bool(ragged)
        self.record_history = record_history
        self.name: str = name or _next_name()
        self._keras_history: Any = None  # KerasHistory, set by Node

    @property
    def dtype(self) -> str:
        return self._dtype

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"

    def _no_value(self, what: str) -> Any:
        raise TypeError(self._without_value(what))

    def _without_value(self, what: str) -> str:
        return (
            f"{what} needs a value, and {self!r} is symbolic: it has only a shape and a dtype. "
            "Use lamina.ops or a layer on it, or call the finished model on data."
        )

    def __array__(self, *_args: Any, **_kwargs: Any) -> Any:
        raise ValueError(self._without_value("A NumPy function"))

    def __bool__(self) -> Any:
        self._no_value("A truth test")

    def __float__(self) -> Any:
        self._no_value("float()")

    def __int__(self) -> Any:
        self._no_value("int()")

    def __len__(self) -> Any:
        if not self.shape or self.shape[0] is None:
            self._no_value("len()")
        return self.shape[0]

    def __setitem__(self, index: Any, value: TensorLike) -> Any:
        raise TypeError(NO_ASSIGNMENT)

    def __iter__(self) -> Any:
        self._no_value("Iteration")


_count = 0


def _next_name() -> str:
    global _count
    _count += 1
    return "keras_tensor" if _count == 1 else f"keras_tensor_{_count - 1}"


def is_keras_tensor(x: Any) -> bool:
    return isinstance(x, KerasTensor)


def any_symbolic(args: Any, kwargs: Any = None) -> bool:
    """Whether a KerasTensor stands anywhere in the nested arguments."""
    if isinstance(args, KerasTensor):
        return True
    values = args if isinstance(args, (list, tuple)) else args.values() if isinstance(args, dict) else ()
    for value in values:  # no generator: every eager call comes through here
        if any_symbolic(value):
            return True
    return bool(kwargs) and any_symbolic(kwargs)
