from typing import Any, Unpack

from lamina import ops
from lamina._public import public
from lamina._typing import Axis, TensorLike

from .._base._arguments import LayerArguments
from .._base._layer import Layer
from ._axes import check_axes, read_axes


@public("layers.UnitNormalization")
class UnitNormalization(Layer):
    """Divides each sample by its Euclidean norm, so that the norm becomes 1 (0 stays 0).

    Args:
        axis: int or list of ints, the axes that the norm is taken over.

    Input `(batch, ..., features)`, output of the same shape.

    Example:
        >>> layers.UnitNormalization()([[3.0, 4.0]])
        Tensor([[0.6, 0.8]], dtype=float32)
    """

    def __init__(self, axis: Axis = -1, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        read_axes(axis, self._owner)
        self.axis: Any = list(axis) if isinstance(axis, (list, tuple)) else axis
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs: TensorLike) -> Any:
        # The bound on the norm would vanish in half precision.
        x = ops.cast(inputs, ops.result_type(ops.standardize_dtype(inputs.dtype), "float32"))
        axis = tuple(self.axis) if isinstance(self.axis, list) else self.axis
        return ops.cast(ops.normalize(x, axis=axis, order=2, epsilon=1e-12), self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        check_axes(read_axes(self.axis, self._owner), input_shape, self._owner)
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}
