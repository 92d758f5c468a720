from typing import Any, Unpack

from lamina import tree
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from .._base._layer import Layer
from .._base._specs import keep_dtype


@public("layers.Identity")
class Identity(Layer):
    """Gives its input back, unchanged.

    Input `(batch, ...)`, output of the same shape.

    Example:
        >>> layers.Identity()([1.0, 2.0])
        Tensor([1., 2.], dtype=float32)
    """

    def __init__(self, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs: TensorLike) -> Any:
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def compute_output_spec(self, inputs: TensorLike) -> Any:
        return tree.map_structure(lambda x: keep_dtype(self, x), inputs)
