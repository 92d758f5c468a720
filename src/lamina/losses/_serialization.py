"""Losses by name and config."""

from typing import Any

from lamina._public import public
from lamina.variables import deserialize_keras_object, get_object, serialize_keras_object

# Short names, and names of Keras 1 and 2.
SHORT = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
    "logcosh": "log_cosh",
    "cosine_proximity": "cosine_similarity",
    "cosine": "cosine_similarity",
    "huber_loss": "huber",
}
SHORT.update({key.upper(): value for key, value in SHORT.items() if len(key) <= 4})


@public("losses.serialize")
def serialize(loss: Any) -> Any:
    """The config from which `deserialize` makes the same loss.

    Example:
        >>> losses.serialize(losses.Huber(delta=2.0))["class_name"]
        'Huber'
    """
    return serialize_keras_object(loss)


@public("losses.deserialize")
def deserialize(name: Any, custom_objects: Any = None) -> Any:
    """The loss (function or Loss) that `serialize` gave the config of.

    Example:
        >>> losses.deserialize(losses.serialize(losses.Huber(delta=2.0))).delta
        2.0
    """
    if isinstance(name, str):
        return get(name)
    return deserialize_keras_object(name, custom_objects=custom_objects)


@public("losses.get")
def get(identifier: Any) -> Any:
    """A loss from a Loss, a class, a name, a config, a function or None.

    Raises ValueError for anything else.
    Example:
        >>> type(losses.get("MeanSquaredError")).__name__
        'MeanSquaredError'
        >>> losses.get("mse") is losses.mean_squared_error
        True
    """
    return get_object(identifier, "losses", "loss", names=SHORT)
