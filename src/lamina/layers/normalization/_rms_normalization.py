from typing import Any, Unpack

from lamina import ops
from lamina._public import public
from lamina._typing import Axis, TensorLike

from .._base._arguments import LayerArguments
from .._base._layer import Layer
from ._axes import check_axes, read_axes


@public("layers.RMSNormalization")
class RMSNormalization(Layer):
    """Divides each sample by the root of its mean square over its features, then multiplies by a learned scale.

    `scale · x / sqrt(mean(x²) + epsilon)`.

    Args:
        axis: int or list of ints, the axes of features.
        epsilon: added to the mean square.

    Input `(batch, ..., features)`, output of the same shape.

    Example:
        >>> layers.RMSNormalization()([[3.0, 4.0]])
        Tensor([[0.8485281, 1.1313708]], dtype=float32)

    Reference: Zhang and Sennrich, Root Mean Square Layer Normalization, 2019, arXiv:1910.07467
    """

    def __init__(self, axis: Axis = -1, epsilon: float = 1e-6, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.axis = axis
        self._axes = sorted(read_axes(axis, self._owner))
        self.epsilon = epsilon
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        check_axes(self._axes, input_shape, self._owner)
        self.scale: Any = self.add_weight(
            name="scale", shape=tuple(input_shape[a] for a in self._axes), initializer="ones"
        )

    def call(self, inputs: TensorLike) -> Any:
        return ops.rms_normalization(inputs, scale=self.scale, axis=tuple(self._axes), epsilon=self.epsilon)

    def compute_output_shape(self, input_shape: Any) -> Any:
        check_axes(self._axes, input_shape, self._owner)
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis, "epsilon": self.epsilon}
