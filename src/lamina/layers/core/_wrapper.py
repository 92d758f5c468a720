from typing import Any, Unpack

from lamina._public import public
from lamina.variables import deserialize_keras_object, serialize_keras_object

from .._base._arguments import LayerArguments
from .._base._layer import Layer


@public("layers.Wrapper")
class Wrapper(Layer):
    """The base of layers that wrap another one.

    Args:
        layer: the layer inside.

    Input and output `(batch, ...)` as `call` of the subclass has it; by default those of the layer inside.

    Example:
        >>> class Twice(layers.Wrapper):
        ...     def call(self, x):
        ...         return self.layer(self.layer(x))
        >>> Twice(layers.Dense(3))(ops.ones((2, 3))).shape
        (2, 3)
    """

    def __init__(self, layer: Any, **kwargs: Unpack[LayerArguments]):
        if not isinstance(layer, Layer):
            raise ValueError(f"{type(self).__name__}: layer must be a Layer; got {layer!r}.")
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape: Any = None) -> None:
        if not self.layer.built:
            self.layer.build(input_shape)
            self.layer.built = True

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "layer": serialize_keras_object(self.layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        config = dict(config)
        config["layer"] = deserialize_keras_object(config["layer"], custom_objects=custom_objects)
        return super().from_config(config)
