"""Quantisation by the largest magnitude: levels are multiples of it, symmetric about zero."""

from typing import Any

import numpy as np

from lamina import _settings, ops
from lamina._public import public
from lamina._typing import TensorLike

Axis = int | tuple[int, ...] | list[int]


@public("Quantizer", "quantizers.Quantizer")
class Quantizer:
    """A function from a tensor to its quantised form. A subclass defines `__call__` and `get_config`; this one changes nothing.

    Args:
        output_dtype: dtype of the quantised form.
    """

    def __init__(self, output_dtype: str = "int8"):
        self.output_dtype = output_dtype

    def __call__(self, x: Any) -> Any:
        return x

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError(f"{type(self).__name__} must define get_config().")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Quantizer":
        return cls(**config)


@public("quantizers.abs_max_quantize")
def abs_max_quantize(
    inputs: TensorLike,
    axis: Axis,
    value_range: tuple[int, int] = (-127, 127),
    dtype: str = "int8",
    epsilon: float | None = None,
    to_numpy: bool = False,
) -> tuple[Any, Any]:
    """The nearest of evenly spaced levels, the last of them at the largest magnitude along `axis`.

    Args:
        inputs: floats.
        axis: along which one scale holds; an int or several.
        value_range: the lowest and the highest level.
        dtype: of the levels.
        epsilon: added to the largest magnitude, against division by zero; by default `config.epsilon()`.
        to_numpy: whether to calculate by NumPy, without memory of the device; not inside a trace.

    Returns: the levels, shaped like the inputs, and the scale that the inputs were multiplied by, of size 1 along `axis`.
    Example:
        >>> levels, scale = quantizers.abs_max_quantize(np.array([[1.0, -2.0]], "float32"), axis=-1)
        >>> levels.shape, scale.shape
        ((1, 2), (1, 1))
    """
    xp: Any = np if to_numpy else ops
    x = ops.convert_to_numpy(inputs) if to_numpy else ops.convert_to_tensor(inputs)
    axes = tuple(axis) if isinstance(axis, list) else axis
    epsilon = _settings.epsilon() if epsilon is None else epsilon
    scale = xp.divide(value_range[1], xp.add(xp.max(xp.abs(x), axis=axes, keepdims=True), epsilon))
    scale = ops.cast(scale, ops.dtype(x))
    levels = xp.clip(xp.round(xp.multiply(x, ops.convert_to_numpy(scale) if to_numpy else scale)), *value_range)
    return ops.cast(levels, dtype), scale


@public("quantizers.AbsMaxQuantizer")
class AbsMaxQuantizer(Quantizer):
    """`abs_max_quantize` with its options: `quantizer(x, axis)` gives levels and scale.

    Args:
        axis: along which one scale holds, where the call names none; -1 if it is None here too.
        value_range: the lowest and the highest level.
        epsilon: added to the largest magnitude, against division by zero; by default `config.epsilon()`.
        output_dtype: of the levels.

    Raises ValueError if int8 does not hold the levels.
    Example:
        >>> levels, scale = quantizers.AbsMaxQuantizer()(np.array([[1.0, -2.0]], "float32"))
        >>> levels.shape, scale.shape
        ((1, 2), (1, 1))
    """

    def __init__(
        self,
        axis: Axis | None = None,
        value_range: tuple[int, int] = (-127, 127),
        epsilon: float | None = None,
        output_dtype: str = "int8",
    ):
        super().__init__(output_dtype=output_dtype)
        self.axis = (axis,) if isinstance(axis, int) else None if axis is None else tuple(axis)
        self.value_range = tuple(value_range)
        self.epsilon = _settings.epsilon() if epsilon is None else epsilon
        if output_dtype == "int8" and (value_range[0] < -128 or value_range[1] > 127):
            raise ValueError(
                f"AbsMaxQuantizer: value_range must lie within [-128, 127] for output_dtype='int8'; got {value_range}."
            )

    def __call__(self, x: TensorLike, axis: Axis | None = None, to_numpy: bool = False) -> tuple[Any, Any]:
        along = next((a for a in (axis, self.axis) if a is not None), -1)
        low, high = self.value_range
        return abs_max_quantize(x, along, (low, high), self.output_dtype, self.epsilon, to_numpy)

    def get_config(self) -> dict[str, Any]:
        axis = {} if self.axis is None else {"axis": self.axis}
        return {"value_range": self.value_range, "epsilon": self.epsilon, "output_dtype": self.output_dtype, **axis}
