from typing import Any, Unpack

from lamina import activations
from lamina._checks import check_non_negative
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from ._activation import ElementwiseLayer


@public("layers.LeakyReLU")
class LeakyReLU(ElementwiseLayer):
    """x where positive, `negative_slope · x` elsewhere.

    Args:
        negative_slope: number, zero or above.

    Input `(batch, ...)`, output of the same shape.

    Example:
        >>> layers.LeakyReLU(negative_slope=0.5)([-1.0, 2.0])
        Tensor([-0.5,  2. ], dtype=float32)
    """

    def __init__(self, negative_slope: float = 0.3, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        check_non_negative(negative_slope, "negative_slope", self._owner)
        self.negative_slope = negative_slope

    def call(self, inputs: TensorLike) -> Any:
        return activations.leaky_relu(inputs, negative_slope=self.negative_slope)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "negative_slope": self.negative_slope}
