from typing import Any, Unpack

from lamina import activations, ops
from lamina._public import public
from lamina._typing import Axis, TensorLike

from .._base._arguments import LayerArguments
from ._activation import ElementwiseLayer

# In place of masked logits: large enough to leave them no weight, small enough for half precision.
_MASKED = {"float16": -3e4}


@public("layers.Softmax")
class Softmax(ElementwiseLayer):
    """Exponentials that sum to one along an axis.

    Args:
        axis: int, or a list of ints to normalise over several axes together.

    `call` takes a boolean `mask` that broadcasts to the inputs: False entries get no weight; a row without any True entry is 0.
    Raises ValueError for another mask.

    Input `(batch, ...)`, output of the same shape; it sums to 1 along `axis`.

    Example:
        >>> layers.Softmax()([[0.0, 0.0]])
        Tensor([[0.5, 0.5]], dtype=float32)
    """

    def __init__(self, axis: Axis = -1, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: TensorLike, mask: TensorLike = None) -> Any:
        if mask is not None:
            self._check_mask(mask, inputs)
            dtype = ops.standardize_dtype(inputs.dtype)
            mask = ops.cast(mask, "bool")
            inputs = ops.where(mask, inputs, ops.cast(_MASKED.get(dtype, -1e9), dtype))
        axes = tuple(self.axis) if isinstance(self.axis, (list, tuple)) else (self.axis,)
        if len(axes) == 1:
            outputs = activations.softmax(inputs, axis=axes[0])
        else:
            outputs = ops.exp(ops.subtract(inputs, ops.logsumexp(inputs, axis=axes, keepdims=True)))
        return outputs if mask is None else ops.where(mask, outputs, ops.zeros_like(outputs))

    def _check_mask(self, mask: Any, inputs: Any) -> None:
        sizes = tuple(zip(reversed(mask.shape), reversed(inputs.shape)))
        if len(mask.shape) > len(inputs.shape) or any(m not in (1, n, None) and n is not None for m, n in sizes):
            raise ValueError(
                f"{self._owner}: the mask must broadcast to the inputs, of shape {tuple(inputs.shape)}; got shape "
                f"{tuple(mask.shape)}."
            )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}
