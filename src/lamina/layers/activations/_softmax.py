from typing import Any

from lamina import activations, ops
from lamina._public import public

from ._activation import ElementwiseLayer

# Added to masked logits: large enough to leave them no weight, small enough for half precision.
_MASKED = {"float16": -3e4}


@public("layers.Softmax")
class Softmax(ElementwiseLayer):
    """Exponentials that sum to one along an axis.

    Args:
        axis: int, or a list of ints to normalise over several axes together.

    `call` takes a boolean `mask` of the shape of the inputs: False entries get no weight.
    """

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs, mask=None):
        if mask is not None:
            dtype = ops.standardize_dtype(inputs.dtype)
            absent = ops.subtract(1.0, ops.cast(mask, dtype))
            inputs = ops.add(inputs, ops.multiply(absent, _MASKED.get(dtype, -1e9)))
        if isinstance(self.axis, (list, tuple)):
            if len(self.axis) == 1:
                return activations.softmax(inputs, axis=self.axis[0])
            axes = tuple(self.axis)
            return ops.exp(ops.subtract(inputs, ops.logsumexp(inputs, axis=axes, keepdims=True)))
        return activations.softmax(inputs, axis=self.axis)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}
