from typing import Any, Unpack

from lamina import activations
from lamina._checks import check_non_negative
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from ._activation import ElementwiseLayer


@public("layers.ReLU")
class ReLU(ElementwiseLayer):
    """Rectified linear unit: x above the threshold, `negative_slope · (x - threshold)` below, at most `max_value`.

    Args:
        max_value: number, or None for no limit.
        negative_slope: slope below the threshold.
        threshold: number, zero or above.

    Input `(batch, ...)`, output of the same shape.

    Example:
        >>> layers.ReLU(max_value=1.5)([-1.0, 1.0, 2.0])
        Tensor([0. , 1. , 1.5], dtype=float32)
    """

    def __init__(
        self,
        max_value: Any = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(**kwargs)
        if max_value is not None:
            check_non_negative(max_value, "max_value", self._owner)
        check_non_negative(negative_slope, "negative_slope", self._owner)
        check_non_negative(threshold, "threshold", self._owner)
        self.max_value = max_value
        self.negative_slope = negative_slope
        self.threshold = threshold

    def call(self, inputs: TensorLike) -> Any:
        return activations.relu(
            inputs, negative_slope=self.negative_slope, max_value=self.max_value, threshold=self.threshold
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "max_value": self.max_value,
            "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }
