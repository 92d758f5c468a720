"""Floats of eight bits: scales from the history of largest magnitudes, and rounding through the narrow dtype."""

from typing import Any

from lamina import ops
from lamina._checks import check_one_of
from lamina._public import public
from lamina._typing import TensorLike

# The largest finite value of each; Micikevicius et al., FP8 Formats for Deep Learning, 2022, arXiv:2209.05433.
LARGEST = {"float8_e4m3fn": 448.0, "float8_e5m2": 57344.0}


@public("quantizers.compute_float8_scale")
def compute_float8_scale(amax: TensorLike, scale: TensorLike, dtype_max: Any, margin: int = 0) -> Any:
    """The scale to divide by, so that `amax` comes to the largest value of the dtype, less `margin` bits.

    Args:
        amax: the largest magnitude seen.
        scale: what was divided by so far; kept where `amax` is zero or not finite.
        dtype_max: the largest value of the dtype.
        margin: bits of room above `amax`.

    Example:
        >>> float(quantizers.compute_float8_scale(896.0, 1.0, 448.0))
        2.0
    """
    amax, scale = ops.convert_to_tensor(amax), ops.convert_to_tensor(scale)
    usable = ops.logical_and(ops.greater(amax, 0), ops.isfinite(amax))
    return ops.where(usable, ops.divide(ops.multiply(amax, 2**margin), dtype_max), scale)


@public("quantizers.compute_float8_amax_history")
def compute_float8_amax_history(x: TensorLike, amax_history: TensorLike) -> Any:
    """The history moved on by one: the largest magnitude of `x` at its head, the oldest dropped.

    Args:
        x: tensor.
        amax_history: `(length,)`, the newest first, the oldest second.

    Example:
        >>> [float(a) for a in quantizers.compute_float8_amax_history([-3.0, 2.0], [1.0, 5.0, 6.0])]
        [3.0, 6.0, 1.0]
    """
    history = ops.convert_to_tensor(amax_history)
    newest = ops.cast(ops.max(ops.abs(ops.convert_to_tensor(x))), history.dtype)
    return ops.concatenate([ops.reshape(newest, (1,)), ops.roll(history, -1)[1:]])


@public("quantizers.quantize_and_dequantize")
def quantize_and_dequantize(inputs: TensorLike, scale: TensorLike, quantized_dtype: str, compute_dtype: str) -> Any:
    """The inputs rounded to multiples of `scale` that the narrow dtype holds.

    Args:
        inputs: floats. scale: what they are divided by first, and multiplied by again.
        quantized_dtype: "float8_e4m3fn" or "float8_e5m2".
        compute_dtype: dtype of the calculation and of the result.

    Raises ValueError for another `quantized_dtype`.
    Example:
        >>> float(quantizers.quantize_and_dequantize(500.0, 1.0, "float8_e4m3fn", "float32"))
        448.0
    """
    check_one_of(quantized_dtype, tuple(LARGEST), "quantized_dtype", "quantize_and_dequantize")
    factor = ops.cast(scale, compute_dtype)
    largest = LARGEST[quantized_dtype]
    narrow = ops.cast(ops.clip(ops.divide(inputs, factor), -largest, largest), quantized_dtype)
    return ops.multiply(ops.cast(narrow, compute_dtype), factor)
