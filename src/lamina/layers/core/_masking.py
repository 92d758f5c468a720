from typing import Any, Unpack

from lamina import ops
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from .._base._layer import Layer
from .._base._specs import keep_dtype


@public("layers.Masking")
class Masking(Layer):
    """Masks the steps of a sequence in which every feature equals `mask_value`, and sets them to zero.

    Args:
        mask_value: number that marks padding.

    Input and output `(batch, steps, features)`.
    Example:
        >>> x = ops.array([[[1.0], [0.0], [2.0]]])
        >>> layers.Masking().compute_mask(x)
        Tensor([[ True, False,  True]])
    """

    def __init__(self, mask_value: float = 0.0, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.mask_value = mask_value
        self.supports_masking = True
        self._build_at_init()

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None) -> Any:
        return ops.any(ops.not_equal(inputs, self.mask_value), axis=-1)

    def call(self, inputs: TensorLike) -> Any:
        kept = ops.any(ops.not_equal(inputs, self.mask_value), axis=-1, keepdims=True)
        return ops.multiply(inputs, ops.cast(kept, inputs.dtype))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def compute_output_spec(self, inputs: TensorLike) -> Any:
        return keep_dtype(self, inputs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mask_value": self.mask_value}
