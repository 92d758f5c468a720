"""Learning rate schedules by config."""

from typing import Any

from lamina._public import public
from lamina.variables import deserialize_keras_object, serialize_keras_object


@public("optimizers.schedules.serialize")
def serialize(learning_rate_schedule: Any) -> Any:
    """The config from which `deserialize` makes the same schedule.

    Example:
        >>> optimizers.schedules.serialize(optimizers.schedules.ExponentialDecay(0.1, 10, 0.5))["class_name"]
        'ExponentialDecay'
    """
    return serialize_keras_object(learning_rate_schedule)


@public("optimizers.schedules.deserialize")
def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The schedule that `serialize` gave the config of.

    Example:
        >>> config = optimizers.schedules.serialize(optimizers.schedules.ExponentialDecay(0.1, 10, 0.5))
        >>> optimizers.schedules.deserialize(config).decay_rate
        0.5
    """
    if isinstance(config, dict) and "class_name" in config and "module" not in config:
        config = {"module": "keras.optimizers.schedules", "registered_name": None, **config}
    return deserialize_keras_object(config, custom_objects=custom_objects)
