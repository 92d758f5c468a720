"""Activations by name and config."""

from typing import Any

from lamina._public import PUBLIC, public
from lamina.variables import deserialize_keras_object, find_function, get_object, serialize_keras_object

from ._functions import linear


@public("activations.serialize")
def serialize(activation: Any) -> Any:
    """The name of an activation of lamina's own, the config of any other.

    Example:
        >>> activations.serialize(activations.relu)
        'relu'
    """
    name = getattr(activation, "__name__", None)
    if name is not None and PUBLIC.get(f"activations.{name}") is activation:
        return name
    return serialize_keras_object(activation)


@public("activations.deserialize")
def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The activation that `serialize` gave the name or config of.

    Example:
        >>> activations.deserialize("relu") is activations.relu
        True
    """
    if isinstance(config, str):
        return find_function(config, custom_objects, ("activations",))
    return deserialize_keras_object(config, custom_objects=custom_objects)


@public("activations.get")
def get(identifier: Any) -> Any:
    """An activation from a function, a layer, a name, a config or None (linear).

    Raises ValueError for anything else.
    Example:
        >>> activations.get("relu") is activations.relu
        True
        >>> activations.get(None)([-1.0, 2.0])
        [-1.0, 2.0]
    """
    if identifier is None:
        return linear
    return get_object(identifier, "activations", "activation", make=False)
