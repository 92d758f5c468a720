"""Optimizers by name and config."""

from typing import Any

from lamina._lazy import load_namespace
from lamina._names import NAMES
from lamina._public import PUBLIC, public
from lamina.variables import deserialize_keras_object, get_object, serialize_keras_object

from ._optimizer import Optimizer


def lower_case_names() -> dict[str, str]:
    """From "adam" to "Adam"."""
    load_namespace("optimizers")
    return {name.lower(): name for name in NAMES["optimizers"] if isinstance(PUBLIC[f"optimizers.{name}"], type)}


@public("optimizers.serialize")
def serialize(optimizer: Any) -> Any:
    """The config from which `deserialize` makes the same optimizer.

    Example:
        >>> optimizers.serialize(optimizers.SGD(momentum=0.5))["config"]["momentum"]
        0.5
    """
    return serialize_keras_object(optimizer)


@public("optimizers.deserialize")
def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The optimizer that `serialize` gave the config of.

    Example:
        >>> optimizers.deserialize(optimizers.serialize(optimizers.SGD(momentum=0.5))).momentum
        0.5
    """
    if isinstance(config, dict) and "class_name" in config and "module" not in config:
        name = config["class_name"]
        name = lower_case_names().get(name.lower(), name) if isinstance(name, str) else name
        config = {"config": {}, **config, "class_name": name, "module": "keras.optimizers", "registered_name": None}
    return deserialize_keras_object(config, custom_objects=custom_objects)


@public("optimizers.get")
def get(identifier: Any) -> Any:
    """An optimizer from an Optimizer, a class, a name, a config or None.

    Raises ValueError for anything else.
    Example:
        >>> optimizers.get("adam")
        <Adam name=adam>
    """
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, dict):
        found = deserialize(identifier)
    elif isinstance(identifier, str):
        found = get_object(
            lower_case_names().get(identifier.lower(), identifier), "optimizers", "optimizer", make=False
        )
    else:
        found = identifier
    if found is None:
        return None
    found = found() if isinstance(found, type) else found
    if not isinstance(found, Optimizer):
        raise ValueError(
            f"Cannot make an optimizer of {identifier!r}: expected an Optimizer, a name such as 'adam', or a config."
        )
    return found
