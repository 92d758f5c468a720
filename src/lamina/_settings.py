"""The few global settings every floor reads: default float type, fuzz factor, image layout."""

from typing import Any

from lamina._public import public

FLOAT_TYPES = ("float16", "bfloat16", "float32", "float64")
DATA_FORMATS = ("channels_last", "channels_first")

_values: dict[str, Any] = {"floatx": "float32", "epsilon": 1e-7, "image_data_format": "channels_last"}


@public("config.floatx", "backend.floatx")
def floatx() -> str:
    """The default float dtype of weights and constants, `"float32"` unless `set_floatx` changed it.

    Example:
        >>> config.floatx()
        'float32'
    """
    return _values["floatx"]


@public("config.set_floatx", "backend.set_floatx")
def set_floatx(value: str) -> None:
    """Sets the default float dtype. Raises ValueError unless it is one of float16, bfloat16, float32, float64."""
    if value not in FLOAT_TYPES:
        raise ValueError(f"set_floatx: expected one of {FLOAT_TYPES}, got {value!r}.")
    _values["floatx"] = value


@public("config.epsilon", "backend.epsilon")
def epsilon() -> float:
    """The fuzz factor that keeps logarithms and divisions finite, 1e-7 by default.

    Example:
        >>> config.epsilon()
        1e-07
    """
    return _values["epsilon"]


@public("config.set_epsilon", "backend.set_epsilon")
def set_epsilon(value: float) -> None:
    """Sets the fuzz factor. Raises ValueError unless it is a positive number."""
    if not value > 0:
        raise ValueError(f"set_epsilon: expected a positive number, got {value!r}.")
    _values["epsilon"] = float(value)


@public("config.image_data_format", "backend.image_data_format")
def image_data_format() -> str:
    """`"channels_last"` (default) or `"channels_first"`.

    Example:
        >>> config.image_data_format()
        'channels_last'
    """
    return _values["image_data_format"]


@public("config.set_image_data_format", "backend.set_image_data_format")
def set_image_data_format(data_format: str) -> None:
    """Sets the default image layout. Raises ValueError for anything but the two names."""
    _values["image_data_format"] = standardize_data_format(data_format)


def standardize_data_format(data_format: str | None) -> str:
    """The layout itself, lower-cased, or the default for None. Raises ValueError for other names."""
    if data_format is None:
        return image_data_format()
    value = str(data_format).lower()
    if value not in DATA_FORMATS:
        raise ValueError(f"data_format: expected one of {DATA_FORMATS}, got {data_format!r}.")
    return value
