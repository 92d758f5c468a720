"""Quantizers by name and config."""

from typing import Any

from lamina._public import public
from lamina.variables import deserialize_keras_object, get_object, serialize_keras_object

_NAMES = {"quantizer": "Quantizer", "abs_max_quantizer": "AbsMaxQuantizer"}


@public("quantizers.serialize")
def serialize(initializer: Any) -> Any:
    """The config from which `deserialize` makes the same quantizer.

    Example:
        >>> quantizers.serialize(quantizers.AbsMaxQuantizer())["class_name"]
        'AbsMaxQuantizer'
    """
    return serialize_keras_object(initializer)


@public("quantizers.deserialize")
def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The quantizer that `serialize` gave the config of.

    Example:
        >>> quantizers.deserialize(quantizers.serialize(quantizers.AbsMaxQuantizer(axis=0))).axis
        (0,)
    """
    return deserialize_keras_object(config, custom_objects=custom_objects)


@public("quantizers.get")
def get(identifier: Any, **kwargs: Any) -> Any:
    """A quantizer from a quantizer, a class, a name, a config or None.

    Args:
        identifier: what names it. kwargs: arguments of the class, where a name or a class is given.

    Raises ValueError for anything else.
    Example:
        >>> quantizers.get("abs_max_quantizer", axis=0).axis
        (0,)
    """
    found = get_object(identifier, "quantizers", "quantizer", make=False, names=_NAMES)
    return found(**kwargs) if isinstance(found, type) else found
