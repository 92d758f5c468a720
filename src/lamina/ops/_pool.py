"""Pooling of any rank."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lamina._typing import Tensor, TensorLike

from ._backend import kernels, xp
from ._convert import floating, tensor
from ._dtypes import dtype_name, numpy_dtype
from ._layout import is_channels_first, padding_pairs, sizes_of, to_channels_first, to_channels_last
from ._op import op


def _pooled(
    inputs: Any, pool_size: Any, strides: Any, padding: str, data_format: Any, where: str, pool: Callable[..., Any]
) -> Any:
    x = inputs
    if x.ndim < 3:
        raise ValueError(f"{where}: inputs must be (batch, spatial..., channels); got shape {tuple(x.shape)}.")
    first = is_channels_first(data_format)
    x = to_channels_last(x) if first else x
    rank = x.ndim - 2
    window = sizes_of(pool_size, rank, "pool_size", where)
    strides = window if strides is None else sizes_of(strides, rank, "strides", where)
    pairs = padding_pairs(padding, x.shape[1:-1], window, strides, (1,) * rank, where)
    if any(n + a + b < k for n, (a, b), k in zip(x.shape[1:-1], pairs, window)):
        raise ValueError(f"{where}: a window of {window} does not fit into spatial sizes {tuple(x.shape[1:-1])}.")
    y = pool(x, window, strides, pairs)
    return to_channels_first(y) if first else y


@op("nn", tensors="inputs")
def max_pool(
    inputs: TensorLike,
    pool_size: int | Sequence[int],
    strides: int | Sequence[int] | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The largest entry of each window.

    Args:
        inputs: `(batch, *spatial, channels)`, or channels first.
        pool_size: an int, or one for each spatial axis.
        strides: the same; None for `pool_size`.
        padding: "valid" or "same"; padding never wins.
        data_format: "channels_last", "channels_first" or None for the default.

    Returns: `(batch, *positions, channels)`, dtype of `inputs`.

    Example:
        >>> ops.max_pool(ops.ones((1, 4, 4, 2)), 2).shape
        (1, 2, 2, 2)
    """
    return _pooled(tensor(inputs), pool_size, strides, padding, data_format, "max_pool", kernels.max_pool)


@op("nn", tensors="inputs")
def average_pool(
    inputs: TensorLike,
    pool_size: int | Sequence[int],
    strides: int | Sequence[int] | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The mean of each window; what lies in the padding does not count.

    Args:
        inputs: `(batch, *spatial, channels)`, or channels first.
        pool_size, strides, padding, data_format: as for `max_pool`.

    Returns: `(batch, *positions, channels)`, floating.

    Example:
        >>> ops.average_pool(ops.ones((1, 4, 4, 2)), 2).shape
        (1, 2, 2, 2)
    """

    def mean(x: Any, window: Any, strides: Any, pairs: Any) -> Any:
        total = kernels.window_sum(x, window, strides, pairs)
        if not any(a or b for a, b in pairs):
            return total * (1.0 / math.prod(window))
        counts = [_counts(n, k, s, pair) for n, k, s, pair in zip(x.shape[1:-1], window, strides, pairs)]
        share = counts[0]
        for c in counts[1:]:
            share = share[..., None] * c
        return total * tensor((1.0 / share[None, ..., None]).astype(numpy_dtype(dtype_name(total))))

    return _pooled(floating(inputs), pool_size, strides, padding, data_format, "average_pool", mean)


def _counts(n: int, window: int, stride: int, pair: tuple[int, int]) -> np.ndarray:
    """How many entries of each window along one axis are no padding."""
    starts = np.arange((n + sum(pair) - window) // stride + 1) * stride - pair[0]
    return np.minimum(starts + window, n) - np.maximum(starts, 0)


def _adaptive(inputs: Any, output_size: Any, data_format: Any, where: str, reduce: Callable[..., Any]) -> Any:
    """Every spatial axis cut into `output_size` parts, from floor(i·n/o) to ceil((i+1)·n/o), each reduced."""
    first = is_channels_first(data_format)
    x = to_channels_last(inputs) if first else inputs
    wanted = sizes_of(output_size, x.ndim - 2, "output_size", where)
    for axis, parts in enumerate(wanted, start=1):
        n = x.shape[axis]
        index: list[Any] = [slice(None)] * x.ndim
        pieces = []
        for i in range(parts):
            index[axis] = slice(i * n // parts, -(-(i + 1) * n // parts))
            pieces.append(reduce(x[tuple(index)], axis=axis, keepdims=True))
        x = xp.concatenate(pieces, axis=axis)
    return to_channels_first(x) if first else x


@op("nn")
def adaptive_average_pool(inputs: TensorLike, output_size: Any, data_format: str | None = None) -> Tensor:
    """Means over parts chosen so that the output has `output_size` positions.

    Args:
        inputs: `(batch, *spatial, channels)`, or channels first.
        output_size: an int, or one for each spatial axis.
        data_format: "channels_last", "channels_first" or None for the default.

    Returns: `(batch, *output_size, channels)`, floating.
    """
    return _adaptive(floating(inputs), output_size, data_format, "adaptive_average_pool", xp.mean)


@op("nn")
def adaptive_max_pool(inputs: TensorLike, output_size: Any, data_format: str | None = None) -> Tensor:
    """Maxima over parts chosen so that the output has `output_size` positions.

    Args:
        inputs: `(batch, *spatial, channels)`, or channels first.
        output_size: an int, or one for each spatial axis.
        data_format: "channels_last", "channels_first" or None for the default.

    Returns: `(batch, *output_size, channels)`, dtype of `inputs`.
    """
    return _adaptive(tensor(inputs), output_size, data_format, "adaptive_max_pool", xp.max)
