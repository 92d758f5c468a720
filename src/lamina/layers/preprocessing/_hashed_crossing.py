from typing import Any

import numpy as np

from lamina._checks import check_one_of, check_positive_int
from lamina._public import public
from lamina.ops._symbolic import KerasTensor

from .._base._layer import Layer
from .._base._unsupported import refuse
from ._fingerprint import fingerprint64
from ._host import HostLayer

_WORD = (1 << 64) - 1
_FACTOR = 0xC6A4A7935BD1E995
# What TensorFlow starts every cross with.
_START = 0xDECAFCAFFE


def _mixed(x: int) -> int:
    return x ^ (x >> 47)


def _combined(one: int, two: int) -> int:
    """One fingerprint from two, as TensorFlow's `FingerprintCat64` gives it."""
    x = one ^ _FACTOR ^ (_mixed(two * _FACTOR & _WORD) * _FACTOR & _WORD)
    x = _mixed(x * _FACTOR & _WORD) * _FACTOR & _WORD
    return _mixed(x)


@public("layers.HashedCrossing")
class HashedCrossing(HostLayer):
    """Pairs (or longer rows) of values as the number of a bin, found by a hash function; different ones may share a bin.

    Bins are those of Keras with TensorFlow.

    Args:
        num_bins: how many, a positive int.
        output_mode: "int" or "one_hot".
        sparse: must be False.

    Input a list of at least two tensors of one shape, `()`, `(batch,)` or `(batch, 1)`, of strings or integers. Output of that
    shape, int64; or with "one_hot" `(batch, num_bins)`, floating.
    Raises ValueError for other inputs and arguments.
    Example:
        >>> cross = layers.HashedCrossing(num_bins=5)
        >>> cross([np.array(["A", "B", "A", "B", "A"]), np.array([101, 101, 101, 102, 102])])
        Tensor([1, 4, 1, 1, 3])
    """

    def __init__(
        self,
        num_bins: int,
        output_mode: str = "int",
        sparse: bool = False,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ):
        super().__init__(name=name, dtype="int64" if dtype is None and output_mode == "int" else dtype, **kwargs)
        refuse(self, sparse=sparse)
        check_positive_int(num_bins, "num_bins", self._owner)
        check_one_of(output_mode, ("int", "one_hot"), "output_mode", self._owner)
        self.num_bins = num_bins
        self.output_mode = output_mode
        self._build_at_init()

    def _depth(self) -> int:
        return self.num_bins

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        self._check_many(inputs)
        given = [x if hasattr(x, "shape") else np.asarray(x) for x in inputs]
        return Layer.__call__(self, given, *args, **kwargs)

    def _check_many(self, inputs: Any) -> None:
        if not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
            raise ValueError(f"{self._owner}: inputs must be a list of at least two tensors; got {inputs!r}.")

    def _checked_shape(self, shapes: list[tuple[Any, ...]]) -> tuple[Any, ...]:
        first = shapes[0]
        if len(first) > 2 or (len(first) == 2 and first[1] != 1) or any(s != first for s in shapes):
            raise ValueError(
                f"{self._owner}: inputs must be (), (batch,) or (batch, 1), all of one shape; got {shapes}."
            )
        return first

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        return super().compute_output_shape(self._checked_shape([tuple(s) for s in input_shape]))

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        dtype = self._int_dtype() if self.output_mode == "int" else self._vector_dtype()
        return KerasTensor(self.compute_output_shape([x.shape for x in inputs]), dtype)

    def call(self, inputs: Any) -> Any:
        self._check_many(inputs)
        columns = [np.asarray(x) for x in inputs]
        shape = self._checked_shape([x.shape for x in columns])
        for x in columns:
            if x.dtype.kind not in "iuUSOT":
                raise ValueError(f"{self._owner}: inputs must be integers or strings; got dtype {x.dtype}.")
        rows = zip(*(x.ravel().tolist() for x in columns))
        bins = np.array([self._bin(row) for row in rows], dtype="int64").reshape(shape)
        return self._encoded(bins)

    def _bin(self, row: Any) -> int:
        code = _START
        for value in row:
            if not isinstance(value, int):
                value = fingerprint64(value if isinstance(value, bytes) else str(value).encode("utf-8"))
            code = _combined(code, value & _WORD)
        return code % self.num_bins

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return {**config, "num_bins": self.num_bins, "output_mode": self.output_mode, "sparse": False}
