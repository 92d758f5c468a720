"""Quantisation as training feels it: floats rounded to the levels, with gradients as if they had only been clipped."""

from typing import Any

from lamina import ops
from lamina._checks import check_positive_int
from lamina._public import public
from lamina._typing import TensorLike


@public("quantizers.fake_quant_with_min_max_vars")
def fake_quant_with_min_max_vars(
    inputs: TensorLike,
    min_vals: TensorLike,
    max_vals: TensorLike,
    num_bits: int = 8,
    narrow_range: bool = False,
    axis: int | None = None,
) -> Any:
    """The inputs clipped to a range and rounded to `2**num_bits` levels in it, of which zero is one.

    The range is moved a little so that zero is a level. Gradients pass to the inputs inside the range, to `min_vals` and
    `max_vals` where it clips.

    Args:
        inputs: floats.
        min_vals, max_vals: the range; scalars, or one for each index of `axis`.
        num_bits: bits of a level.
        narrow_range: whether the lowest level is left out.
        axis: the axis with a range for each index; None for one range.

    Returns: tensor like the inputs.
    Example:
        >>> [float(y) for y in quantizers.fake_quant_with_min_max_vars([-1.0, 0.3, 9.0], 0.0, 3.0, num_bits=2)]
        [0.0, 0.0, 3.0]

    Reference: Jacob et al., Quantization and Training of Neural Networks, 2018, arXiv:1712.05877.
    """
    check_positive_int(num_bits, "num_bits", "fake_quant_with_min_max_vars")
    x = ops.convert_to_tensor(inputs)
    low, high = (_along(ops.convert_to_tensor(v), x, axis) for v in (min_vals, max_vals))
    dtype = ops.result_type(low.dtype, "float32")
    first, last = int(narrow_range), (1 << num_bits) - 1
    low, high, wide = ops.cast(low, dtype), ops.cast(high, dtype), ops.cast(x, dtype)
    scale, per_level = ops.divide(high - low, last - first), ops.divide(last - first, high - low)
    zero = ops.round(ops.clip(first - low / scale, first, last))
    lowest, highest = (first - zero) * scale, (last - zero) * scale
    shift = ops.floor(0.5 - lowest * per_level)
    level = ops.floor((ops.clip(wide, lowest, highest) - lowest) * per_level - shift + 0.5)
    above, below = ops.greater_equal(wide, lowest), ops.less_equal(wide, highest)
    # What carries the gradients; its own value cancels.
    felt = (
        ops.where(ops.logical_and(above, below), wide, 0.0)
        + ops.where(ops.less_equal(wide, lowest), low, 0.0)
        + ops.where(ops.greater_equal(wide, highest), high, 0.0)
    )
    return ops.cast(ops.stop_gradient(level * scale) + (felt - ops.stop_gradient(felt)), x.dtype)


def _along(values: Any, x: Any, axis: int | None) -> Any:
    """Values, one for each index of an axis, shaped to broadcast with `x`."""
    if axis is None or len(values.shape) != 1:
        return values
    shape = [1] * len(x.shape)
    shape[axis] = -1
    return ops.reshape(values, tuple(shape))
