"""Arguments of convolution and pooling: windows, paddings, channel layouts."""

from typing import Any

from lamina import _settings
from lamina._checks import check_one_of, check_positive_int

from ._backend import xp


def sizes_of(value: Any, rank: int, name: str, where: str) -> tuple[int, ...]:
    """An int for each spatial axis. Raises ValueError unless `value` is a positive int or a sequence of `rank` of them."""
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,) * rank
    if len(values) == 1 and rank > 1:
        values *= rank
    if len(values) != rank:
        raise ValueError(f"{where}: {name} must be an int or {rank} of them; got {value!r}.")
    for v in values:
        check_positive_int(v, name, where)
    return tuple(int(v) for v in values)


def padding_pairs(
    padding: str, spatial: Any, window: Any, strides: Any, dilation: Any, where: str
) -> tuple[tuple[int, int], ...]:
    """(before, after) for each spatial axis: none for "valid", what gives ceil(n / stride) positions for "same"."""
    check_one_of(padding, ("valid", "same"), "padding", where)
    if padding == "valid":
        return ((0, 0),) * len(window)
    pairs = []
    for n, k, s, d in zip(spatial, window, strides, dilation):
        total = max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0)
        pairs.append((total // 2, total - total // 2))
    return tuple(pairs)


def is_channels_first(data_format: str | None) -> bool:
    return _settings.standardize_data_format(data_format) == "channels_first"


def to_channels_last(x: Any) -> Any:
    return xp.moveaxis(x, 1, -1)


def to_channels_first(x: Any) -> Any:
    return xp.moveaxis(x, -1, 1)


def window_of(
    kernel_size: Any, strides: Any, dilation_rate: Any, rank: int, where: str
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """The three of a convolution, one number for each axis. Raises ValueError also where the last two are both above 1."""
    kernel = sizes_of(kernel_size, rank, "kernel_size", where)
    steps = sizes_of(strides, rank, "strides", where)
    rates = sizes_of(dilation_rate, rank, "dilation_rate", where)
    if max(steps) > 1 and max(rates) > 1:
        raise ValueError(f"{where}: strides and dilation_rate cannot both be above 1; got {steps}, {rates}.")
    return kernel, steps, rates
