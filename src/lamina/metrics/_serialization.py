"""Metrics by name and config."""

from typing import Any

from lamina._lazy import load_namespace
from lamina._public import PUBLIC, public
from lamina.ops._symbolic import to_snake_case
from lamina.variables import deserialize_keras_object, get_object, serialize_keras_object

from ._metric import Metric

# Short names, and names of Keras 1 and 2; a plain name in lower case means the class.
SHORT = {
    "mse": "MeanSquaredError",
    "mae": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError",
    "msle": "MeanSquaredLogarithmicError",
    "bce": "BinaryCrossentropy",
    "kld": "KLDivergence",
    "acc": "Accuracy",
    "rmse": "RootMeanSquaredError",
    "kullback_leibler_divergence": "KLDivergence",
    "cosine_proximity": "CosineSimilarity",
    "cosine": "CosineSimilarity",
    "log_cosh": "LogCoshError",
    "logcosh": "LogCoshError",
}
SHORT.update({key.upper(): value for key, value in SHORT.items() if len(key) <= 4})


def class_names() -> dict[str, str]:
    """From every spelling that `get` knows to the name of the class."""
    load_namespace("metrics")
    names = dict(SHORT)
    for path, thing in PUBLIC.items():
        namespace, _, name = path.rpartition(".")
        if namespace == "metrics" and isinstance(thing, type) and thing is not Metric:
            names[to_snake_case(name)] = name
    return names


@public("metrics.serialize")
def serialize(metric: Any) -> Any:
    """The config from which `deserialize` makes the same metric.

    Example:
        >>> metrics.serialize(metrics.AUC(curve="PR"))["config"]["curve"]
        'PR'
    """
    return serialize_keras_object(metric)


@public("metrics.deserialize")
def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The metric that `serialize` gave the config of.

    Example:
        >>> metrics.deserialize(metrics.serialize(metrics.AUC(num_thresholds=50))).num_thresholds
        50
    """
    if isinstance(config, str):
        return get(config)
    return deserialize_keras_object(config, custom_objects=custom_objects)


@public("metrics.get")
def get(identifier: Any) -> Any:
    """A metric from a Metric, a class, a name, a config, a function or None.

    The name of a class in lower case ("mean_squared_error", "auc") gives the metric, not the function of that name.
    Raises ValueError for anything else.
    Example:
        >>> metrics.get("mae") is metrics.mean_absolute_error
        False
        >>> metrics.get("AUC")
        <AUC name=auc>
    """
    if isinstance(identifier, str):
        identifier = class_names().get(identifier, identifier)
    return get_object(identifier, "metrics", "metric")
