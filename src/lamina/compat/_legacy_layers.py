"""Layers that Keras 3 has no more."""

from typing import Any

from lamina import ops
from lamina._checks import check_non_negative
from lamina.layers import Layer
from lamina.variables import add_resolver


class ThresholdedReLU(Layer):
    """x where it is above `theta`, 0 elsewhere.

    Args:
        theta: number, zero or above.
    """

    def __init__(self, theta: float = 1.0, **kwargs: Any):
        super().__init__(**kwargs)
        check_non_negative(theta, "theta", self._owner)
        self.theta = float(theta)
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs: Any) -> Any:
        return ops.where(ops.greater(inputs, self.theta), inputs, ops.zeros_like(inputs))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "theta": self.theta}


LAYERS: dict[str, Any] = {"ThresholdedReLU": ThresholdedReLU}
add_resolver(lambda module, name: LAYERS.get(name) if module.partition(".")[0] in ("keras", "lamina") else None)
