"""The residual connection of Inception-ResNet."""

from typing import Any

from lamina import ops
from lamina.variables import add_resolver

from .._base._layer import Layer


class CustomScaleLayer(Layer):
    """The first input plus `scale` times the second.

    Args:
        scale: float.
    Reference: Szegedy et al., Inception-v4, 2017, arXiv:1602.07261
    """

    _keras_module = "keras.src.applications.inception_resnet_v2"

    def __init__(self, scale: float, **kwargs: Any):
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, inputs: Any) -> Any:
        first, second = inputs
        return ops.add(first, ops.multiply(second, self.scale))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape[0]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "scale": self.scale}


_PLACE = (CustomScaleLayer._keras_module, "CustomScaleLayer")
add_resolver(lambda module, name: CustomScaleLayer if (module, name) == _PLACE else None)
