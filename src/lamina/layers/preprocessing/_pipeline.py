from typing import Any

from lamina._public import public
from lamina.variables import deserialize_keras_object, serialize_keras_object

from .._base._layer import Layer
from .._base._mask import set_masks


@public("layers.Pipeline")
class Pipeline(Layer):
    """Layers one after the other: preprocessing as one layer, to map over a data set or to begin a model with.

    Args:
        layers: list of layers.
        name: of the layer.

    Input that of the first layer, such as `(batch, height, width, channels)`, output that of the last.

    Example:
        >>> steps = layers.Pipeline([layers.Rescaling(0.5), layers.CenterCrop(2, 2)])
        >>> steps(ops.ones((1, 4, 4, 3))).shape
        (1, 2, 2, 3)
    """

    def __init__(self, layers: Any, name: str | None = None):
        super().__init__(name=name)
        if not isinstance(layers, (list, tuple)) or not all(isinstance(layer, Layer) for layer in layers):
            raise ValueError(f"{self._owner}: layers must be a list of layers; got {layers!r}.")
        self._pipeline_layers = list(layers)
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True

    @property
    def layers(self) -> list[Layer]:
        return self._pipeline_layers

    def call(self, inputs: Any, training: bool | None = True, mask: Any = None) -> Any:
        inputs = set_masks(inputs, mask)  # each layer takes the mask that the tensors carry
        for layer in self._pipeline_layers:
            inputs = layer(inputs, training=training)
        return inputs

    def get_config(self) -> dict[str, Any]:
        return {"layers": serialize_keras_object(self._pipeline_layers), "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        if not isinstance(config.get("layers"), (list, tuple)):
            raise ValueError(f"Pipeline: layers must be a list of configs; got {config.get('layers')!r}.")
        made = [deserialize_keras_object(layer, custom_objects=custom_objects) for layer in config["layers"]]
        return cls(**{**config, "layers": made})
