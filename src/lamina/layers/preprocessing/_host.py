"""The base of layers that take strings: they run on the host, on NumPy arrays, before any compiled step."""

from typing import Any, Unpack

import numpy as np

from lamina import ops
from lamina.ops._symbolic import KerasTensor

from .._base._arguments import LayerArguments
from .._base._layer import Layer
from ._encode import encode, encoded_shape


class HostLayer(Layer):
    """A layer of strings or integers without trained weights. A subclass defines `_indices` and `_depth`."""

    is_host_layer = True
    output_mode: str

    def __init__(self, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True
        self.autocast = False

    def _depth(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define _depth().")

    def _int_dtype(self) -> str:
        return self.compute_dtype if "int" in self.compute_dtype else "int64"

    def _vector_dtype(self) -> str:
        return self.compute_dtype if "float" in self.compute_dtype else "float32"

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(inputs, KerasTensor) and not isinstance(inputs, np.ndarray) and not hasattr(inputs, "trace"):
            inputs = np.asarray(inputs)
        return super().__call__(inputs, *args, **kwargs)

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        return encoded_shape(tuple(input_shape), self.output_mode, self._depth())

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        dtype = self._int_dtype() if self.output_mode == "int" else self._vector_dtype()
        return KerasTensor(self.compute_output_shape(tuple(inputs.shape)), dtype)

    def _encoded(self, indices: np.ndarray, idf: Any = None) -> Any:
        if self.output_mode == "int":
            return ops.cast(indices, self._int_dtype())
        return encode(indices, self.output_mode, self._depth(), self._vector_dtype(), idf=idf)


def as_text(values: np.ndarray, encoding: str = "utf-8") -> np.ndarray:
    """An array of str, from one of str, bytes or other objects."""
    values = np.asarray(values)
    if values.dtype.kind == "U":
        return values
    flat = [v.decode(encoding) if isinstance(v, bytes) else str(v) for v in values.ravel().tolist()]
    return np.array(flat, dtype=str).reshape(values.shape) if flat else np.zeros(values.shape, dtype="U1")
