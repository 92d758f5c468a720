"""The learned scale of ConvNeXt's blocks."""

from typing import Any, Unpack

from lamina import initializers, ops
from lamina.variables import add_resolver

from .._base._arguments import LayerArguments
from .._base._layer import Layer


class LayerScale(Layer):
    """The input times one weight for each channel.

    Args:
        init_values: float, what the weights start from.
        projection_dim: int, number of channels.
    Reference: Touvron et al., Going deeper with Image Transformers, 2021, arXiv:2103.17239
    """

    _keras_module = "keras.src.applications.convnext"

    def __init__(self, init_values: float, projection_dim: int, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.init_values = init_values
        self.projection_dim = projection_dim

    def build(self, input_shape: Any) -> None:
        self.gamma: Any = self.add_weight(
            shape=(self.projection_dim,), initializer=initializers.Constant(self.init_values)
        )

    def call(self, x: Any) -> Any:
        return ops.multiply(x, self.gamma)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "init_values": self.init_values, "projection_dim": self.projection_dim}


_PLACE = (LayerScale._keras_module, "LayerScale")
add_resolver(lambda module, name: LayerScale if (module, name) == _PLACE else None)
