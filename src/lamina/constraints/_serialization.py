"""Constraints by name and config."""

from typing import Any

from lamina._public import public
from lamina.variables import deserialize_keras_object, get_object, serialize_keras_object

# Names of Keras 1 and 2.
_OLD = {"maxnorm": "max_norm", "nonneg": "non_neg", "unitnorm": "unit_norm"}


@public("constraints.serialize")
def serialize(constraint: Any) -> Any:
    """The config from which `deserialize` makes the same constraint.

    Example:
        >>> constraints.serialize(constraints.MaxNorm(3.0))["class_name"]
        'MaxNorm'
    """
    return serialize_keras_object(constraint)


@public("constraints.deserialize")
def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The constraint that `serialize` gave the config of.

    Example:
        >>> constraints.deserialize(constraints.serialize(constraints.MaxNorm(3.0))).max_value
        3.0
    """
    if isinstance(config, str):
        return get(config)
    return deserialize_keras_object(config, custom_objects=custom_objects)


@public("constraints.get")
def get(identifier: Any) -> Any:
    """A constraint from a constraint, a class, a name, a config, a function or None.

    Raises ValueError for anything else.
    Example:
        >>> constraints.get("non_neg")([-1.0, 2.0])
        Tensor([0., 2.], dtype=float32)
    """
    return get_object(identifier, "constraints", "constraint", names=_OLD)
