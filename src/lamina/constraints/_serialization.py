"""Constraints by name and config."""

from typing import Any

from lamina._public import public
from lamina.variables import deserialize_keras_object, get_object, serialize_keras_object

# Names of Keras 1 and 2.
_OLD = {"maxnorm": "max_norm", "nonneg": "non_neg", "unitnorm": "unit_norm"}


@public("constraints.serialize")
def serialize(constraint: Any) -> Any:
    """The config from which `deserialize` makes the same constraint."""
    return serialize_keras_object(constraint)


@public("constraints.deserialize")
def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The constraint that `serialize` gave the config of."""
    if isinstance(config, str):
        return get(config)
    return deserialize_keras_object(config, custom_objects=custom_objects)


@public("constraints.get")
def get(identifier: Any) -> Any:
    """A constraint from a constraint, a class, a name, a config, a function or None.

    Raises ValueError for anything else.
    """
    return get_object(identifier, "constraints", "constraint", names=_OLD)
