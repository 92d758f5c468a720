"""Initializers by name and config."""

from typing import Any

from lamina._public import public
from lamina.variables import deserialize_keras_object, get_object, serialize_keras_object

from ._constant import Constant

# Names of Keras 1 and 2.
_OLD = {"uniform": "random_uniform", "normal": "random_normal", "zero": "zeros", "one": "ones"}


@public("initializers.serialize")
def serialize(initializer: Any) -> Any:
    """The config from which `deserialize` makes the same initializer.

    Example:
        >>> initializers.serialize(initializers.Constant(0.5))["config"]
        {'value': 0.5}
    """
    return serialize_keras_object(initializer)


@public("initializers.deserialize")
def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The initializer that `serialize` gave the config of.

    Example:
        >>> initializers.deserialize(initializers.serialize(initializers.Constant(0.5)))((2,))
        Tensor([0.5, 0.5], dtype=float32)
    """
    if isinstance(config, str):
        return get(config)
    return deserialize_keras_object(config, custom_objects=custom_objects)


@public("initializers.get")
def get(identifier: Any) -> Any:
    """An initializer from an initializer, a class, a name, a config, an array (a Constant), a function or None.

    Raises ValueError for anything else.
    Example:
        >>> type(initializers.get("he_normal")).__name__
        'HeNormal'
        >>> initializers.get("zeros")((2,))
        Tensor([0., 0.], dtype=float32)
    """
    if hasattr(identifier, "__array__") and not isinstance(identifier, type) and not callable(identifier):
        return Constant(identifier)
    return get_object(identifier, "initializers", "initializer", names=_OLD)
