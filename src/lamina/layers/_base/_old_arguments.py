"""Spellings of Keras 1 and 2 that layers still understand, with one note each."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from lamina import ops
from lamina._deprecation import warn_once

_KERNEL = {
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
    "bias": "use_bias",
}
_RATE = {"p": "rate"}
_CONV = {
    "nb_filter": "filters", "filter_length": "kernel_size", "border_mode": "padding", "subsample": "strides",
    "subsample_length": "strides", "dim_ordering": "data_format", "atrous_rate": "dilation_rate", **_KERNEL,
}  # fmt: skip
_POOL = {
    "pool_length": "pool_size", "stride": "strides", "border_mode": "padding", "dim_ordering": "data_format",
}  # fmt: skip
_IMAGE = {"dim_ordering": "data_format"}
_RECURRENT = {
    **_KERNEL, "output_dim": "units", "inner_init": "recurrent_initializer", "inner_activation": "recurrent_activation",
    "U_regularizer": "recurrent_regularizer", "U_constraint": "recurrent_constraint", "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout", "consume_less": None, "forget_bias_init": None,
}  # fmt: skip
_GLOBAL_POOL = ("GlobalMaxPooling2D", "GlobalAveragePooling2D", "GlobalMaxPooling3D", "GlobalAveragePooling3D")

# Class -> old name -> new name; None: the argument is understood and has no effect any more.
OLD_NAMES: dict[str, dict[str, str | None]] = {
    "Dense": {"output_dim": "units", **_KERNEL},
    "Dropout": _RATE,
    "SpatialDropout1D": _RATE,
    "SpatialDropout2D": {**_RATE, "dim_ordering": "data_format"},
    "SpatialDropout3D": {**_RATE, "dim_ordering": "data_format"},
    "GaussianDropout": _RATE,
    "AlphaDropout": _RATE,
    "GaussianNoise": {"sigma": "stddev"},
    "LeakyReLU": {"alpha": "negative_slope"},
    "PReLU": {"init": "alpha_initializer", "weights": "weights"},
    "BatchNormalization": {
        "mode": None,
        "beta_init": "beta_initializer",
        "gamma_init": "gamma_initializer",
        "beta_regularizer": "beta_regularizer",
        "gamma_regularizer": "gamma_regularizer",
        "fused": None,
        "virtual_batch_size": None,
    },
    "Embedding": {
        "init": "embeddings_initializer",
        "W_regularizer": "embeddings_regularizer",
        "W_constraint": "embeddings_constraint",
        "input_length": None,
        "dropout": None,
    },
    "Concatenate": {"concat_axis": "axis"},
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "SeparableConv2D", "DepthwiseConv2D"), _CONV),
    **{f"{kind}Pooling{n}D": _POOL for kind in ("Max", "Average") for n in (1, 2, 3)},
    **dict.fromkeys((*_GLOBAL_POOL, "UpSampling2D", "UpSampling3D", "ZeroPadding2D", "ZeroPadding3D"), _IMAGE),
    **dict.fromkeys(("SimpleRNN", "GRU", "LSTM"), _RECURRENT),
    "UpSampling1D": {"length": "size"},
}
# Sizes that were separate arguments and are one tuple now.
JOINED: dict[str, tuple[tuple[str, ...], str]] = {
    "Conv2D": (("nb_row", "nb_col"), "kernel_size"),
    "Conv2DTranspose": (("nb_row", "nb_col"), "kernel_size"),
    "SeparableConv2D": (("nb_row", "nb_col"), "kernel_size"),
    "Conv3D": (("kernel_dim1", "kernel_dim2", "kernel_dim3"), "kernel_size"),
}  # fmt: skip
# Keras 1 and 2 took 2 for the size of their windows.
_HALVING = ("AveragePooling1D", "AveragePooling2D", "AveragePooling3D")
# Old argument -> old value -> new value.
_VALUES = {
    "dim_ordering": {"th": "channels_first", "tf": "channels_last"},
    "init": {"normal": "random_normal", "uniform": "random_uniform", "one": "ones", "zero": "zeros"},
}


def rename_old_arguments(cls: type) -> None:
    """Lets `cls.__init__` take its old argument names, if it has any."""
    names = OLD_NAMES.get(cls.__name__)
    if names is None or not cls.__module__.startswith("lamina."):
        return
    init: Callable = cls.__init__  # type: ignore[misc]

    @functools.wraps(init)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> None:
        _join_sizes(cls.__name__, kwargs)
        if not args and cls.__name__ in _HALVING and not {"pool_size", "pool_length"} & kwargs.keys():
            warn_once(f"{cls.__name__}.pool_size", f"{cls.__name__}: Keras 3 has no default of pool_size=; 2 is taken.")
            kwargs["pool_size"] = 2
        for old in [k for k in kwargs if k in names and names[k] != k]:
            new = names[old]
            value = kwargs.pop(old)
            what = "has no effect any more; leave it out" if new is None else f"is called {new}= now"
            warn_once(f"{cls.__name__}.{old}", f"{cls.__name__}: the argument {old}= {what}.")
            if old == "input_length" and value is not None and "input_shape" not in kwargs:
                kwargs["input_length"] = value
            if new is not None:
                if new in kwargs:
                    raise TypeError(f"{cls.__name__}: {old}= is the old name of {new}=; give only one of them.")
                kwargs[new] = new_value(old, value)
        init(self, *args, **kwargs)

    cls.__init__ = wrapper  # type: ignore[method-assign, misc]


def without_inputs(method: Callable) -> Callable:
    """Lets `add_loss` take the `inputs=` of Keras 1 and 2 (what a loss depends on is known today), which no signature shows."""

    @functools.wraps(method)
    def wrapper(self: Any, loss: Any, **kwargs: Any) -> None:
        if "inputs" in kwargs:
            del kwargs["inputs"]
            warn_once("add_loss.inputs", "add_loss: the argument inputs= has no effect any more; leave it out.")
        method(self, loss, **kwargs)

    return wrapper


def _join_sizes(name: str, kwargs: dict[str, Any]) -> None:
    olds, new = JOINED.get(name, ((), ""))
    if olds and all(old in kwargs for old in olds):
        warn_once(f"{name}.{new}", f"{name}: the arguments {', '.join(olds)} are one tuple now, {new}=.")
        kwargs[new] = tuple(kwargs.pop(old) for old in olds)


def new_value(old: str, value: Any) -> Any:
    """What the value of an old argument is called today."""
    if isinstance(value, str):
        return _VALUES.get(old, {}).get(value, value)
    if "init" in old and inspect.isfunction(value) and "dtype" not in inspect.signature(value).parameters:

        @functools.wraps(value)
        def initializer(shape: Any, dtype: Any = None) -> Any:
            return ops.cast(value(shape), dtype) if dtype else value(shape)

        return initializer
    return value


def take_general_arguments(layer: Any, kwargs: dict[str, Any]) -> tuple[Any, Any]:
    """Takes the old arguments that every layer has out of `kwargs`.

    Returns: the batch shape of the input (None if not given) and the initial weights (None if not given).
    """
    name = type(layer).__name__
    shape = None
    batch = kwargs.pop("batch_size", None) if any(k in kwargs for k in ("input_shape", "input_dim")) else None
    length = kwargs.pop("input_length", None)
    for key in ("batch_input_shape", "input_shape", "input_dim"):
        if key not in kwargs:
            continue
        value = kwargs.pop(key)
        warn_once(
            f"layer.{key}", f"{name}: {key}= still works; Keras 3 has a first layer Input(shape=...) in its place."
        )
        if value is None:
            continue
        if key == "batch_input_shape":
            shape = tuple(value)
        elif key == "input_shape":
            shape = (batch, *((value,) if isinstance(value, int) else value))
        else:
            shape = (batch, value) if length is None else (batch, length, value)
    if length is not None and shape is None:
        shape = (batch, *((length,) if isinstance(length, int) else length))
    weights = kwargs.pop("weights", None)
    if weights is not None:
        warn_once("layer.weights", f"{name}: weights= still works; set_weights() after building is today's way.")
    return shape, weights
