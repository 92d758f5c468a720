"""Regularizers by name and config."""

from typing import Any

from lamina._public import public
from lamina.variables import deserialize_keras_object, get_object, serialize_keras_object

# Names of Keras 1 and 2.
_OLD = {"l1l2": "l1_l2"}


@public("regularizers.serialize")
def serialize(regularizer: Any) -> Any:
    """The config from which `deserialize` makes the same regularizer."""
    return serialize_keras_object(regularizer)


@public("regularizers.deserialize")
def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The regularizer that `serialize` gave the config of."""
    if isinstance(config, str):
        return get(config)
    return deserialize_keras_object(config, custom_objects=custom_objects)


@public("regularizers.get")
def get(identifier: Any) -> Any:
    """A regularizer from a regularizer, a class, a name, a config, a function or None.

    Raises ValueError for anything else.
    """
    return get_object(identifier, "regularizers", "regularizer", names=_OLD)
