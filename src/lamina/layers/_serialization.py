"""Layers to configs and back."""

from typing import Any

from lamina._public import public
from lamina.variables import deserialize_keras_object, serialize_keras_object

from ._base._layer import Layer


@public("layers.serialize")
def serialize(layer: Layer) -> dict[str, Any]:
    """The config from which `deserialize` makes a like layer (without its weights).

    Example:
        >>> layers.serialize(layers.Dense(3))["config"]["units"]
        3
    """
    return serialize_keras_object(layer)


@public("layers.deserialize")
def deserialize(config: dict[str, Any], custom_objects: Any = None) -> Layer:
    """The layer that `serialize` gave the config of. Raises ValueError if the config is not that of a layer.

    Example:
        >>> layers.deserialize(layers.serialize(layers.Dense(3))).units
        3
    """
    layer = deserialize_keras_object(config, custom_objects=custom_objects)
    if not isinstance(layer, Layer):
        raise ValueError(f"layers.deserialize: expected the config of a layer; got {config!r}.")
    return layer
