"""Quantisation in blocks: each has a scale and a zero point of its own."""

from typing import Any

import numpy as np

from lamina import _settings, ops
from lamina._checks import check_positive_int
from lamina._public import public
from lamina._typing import TensorLike


@public("quantizers.abs_max_quantize_grouped_with_zero_point")
def abs_max_quantize_grouped_with_zero_point(
    inputs: TensorLike,
    block_size: int,
    value_range: tuple[int, int] = (-8, 7),
    dtype: str = "int8",
    epsilon: float | None = None,
    to_numpy: bool = False,
) -> tuple[Any, Any, Any]:
    """Evenly spaced levels from the least to the largest value of each block of rows, in each column.

    `(levels - zero) * scale` gives the inputs again, but for the rounding and for what lies outside the levels when a
    block's values are all of one sign.

    Args:
        inputs: floats, `(rows, columns)`.
        block_size: rows of a block; zeros fill up the last one.
        value_range: the lowest and the highest level.
        dtype: of the levels.
        epsilon: added to a block's range, against division by zero; by default `config.epsilon()`.
        to_numpy: whether to calculate by NumPy, without memory of the device; not inside a trace.

    Returns: the levels, `(rows, columns)`; the scale and the zero points (int8), `(blocks, columns)`.
    Raises ValueError if the inputs are not two-dimensional or `block_size` is not positive.
    Example:
        >>> levels, scale, zero = quantizers.abs_max_quantize_grouped_with_zero_point(np.ones((5, 3), "float32"), 2)
        >>> levels.shape, scale.shape, zero.shape
        ((5, 3), (3, 3), (3, 3))
    """
    check_positive_int(block_size, "block_size", "abs_max_quantize_grouped_with_zero_point")
    xp: Any = np if to_numpy else ops
    x = ops.convert_to_numpy(inputs) if to_numpy else ops.convert_to_tensor(inputs)
    if len(x.shape) != 2:
        raise ValueError(
            f"abs_max_quantize_grouped_with_zero_point: inputs must have two axes; got shape {tuple(x.shape)}."
        )
    (rows, columns), (low, high) = x.shape, value_range
    epsilon = _settings.epsilon() if epsilon is None else epsilon
    padded = xp.pad(x, [(0, -rows % block_size), (0, 0)])
    blocks = xp.reshape(padded, (-1, block_size, columns))
    least, largest = (f(blocks, axis=1, keepdims=True) for f in (xp.min, xp.max))
    scale = xp.divide(xp.add(xp.subtract(largest, least), epsilon), high - low)
    zero = xp.clip(xp.add(xp.round(xp.divide(xp.negative(least), scale)), low), low, high)
    levels = xp.clip(xp.add(xp.round(xp.divide(blocks, scale)), zero), low, high)
    levels = xp.reshape(levels, (-1, columns))[:rows]
    return ops.cast(levels, dtype), ops.cast(scale[:, 0], ops.dtype(x)), ops.cast(zero[:, 0], "int8")


def dequantize_grouped(levels: TensorLike, scale: TensorLike, zero: TensorLike, groups: TensorLike, axis: int) -> Any:
    """The floats that levels in blocks stand for. `groups` tells, for each index of the levels' `axis`, its block."""
    index = ops.cast(groups, "int32")
    scale, zero = ops.take(scale, index, axis=axis), ops.take(zero, index, axis=axis)
    return ops.multiply(ops.subtract(ops.cast(levels, scale.dtype), ops.cast(zero, scale.dtype)), scale)
