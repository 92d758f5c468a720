from typing import Any, Unpack

from lamina import activations
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from .._base._layer import Layer
from .._base._specs import keep_dtype


@public("layers.Activation")
class Activation(Layer):
    """An activation function as a layer.

    Args:
        activation: function or its name.

    Input `(batch, ...)`, output of the same shape.

    Example:
        >>> layers.Activation("relu")([-1.0, 2.0])
        Tensor([0., 2.], dtype=float32)
    """

    def __init__(self, activation: Any, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.activation: Any = activations.get(activation)
        self._build_at_init()

    def call(self, inputs: TensorLike) -> Any:
        return self.activation(inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def compute_output_spec(self, inputs: TensorLike) -> Any:
        return self._traced_spec(inputs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "activation": activations.serialize(self.activation)}


class ElementwiseLayer(Layer):
    """The base of layers that apply an elementwise function and have no weights."""

    def __init__(self, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.supports_masking = True
        self._build_at_init()

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def compute_output_spec(self, inputs: TensorLike, *args: Any, **kwargs: Any) -> Any:
        return keep_dtype(self, inputs)
