"""Regularizers by name and config."""

from typing import Any

from lamina._public import public
from lamina.variables import deserialize_keras_object, get_object, serialize_keras_object

# Names of Keras 1 and 2.
_OLD = {"l1l2": "l1_l2"}


@public("regularizers.serialize")
def serialize(regularizer: Any) -> Any:
    """The config from which `deserialize` makes the same regularizer.

    Example:
        >>> regularizers.serialize(regularizers.L2(0.5))["config"]
        {'l2': 0.5}
    """
    return serialize_keras_object(regularizer)


@public("regularizers.deserialize")
def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The regularizer that `serialize` gave the config of.

    Example:
        >>> regularizers.deserialize(regularizers.serialize(regularizers.L2(0.5)))([1.0, -2.0])
        Tensor(2.5, dtype=float32)
    """
    if isinstance(config, str):
        return get(config)
    return deserialize_keras_object(config, custom_objects=custom_objects)


@public("regularizers.get")
def get(identifier: Any) -> Any:
    """A regularizer from a regularizer, a class, a name, a config, a function or None.

    Raises ValueError for anything else.
    Example:
        >>> regularizers.get("l2")([1.0, -2.0])
        Tensor(0.05, dtype=float32)
    """
    return get_object(identifier, "regularizers", "regularizer", names=_OLD)
