"""Products in float8: inputs, weight and the gradient that comes back are rounded to floats of eight bits."""

from collections.abc import Callable
from typing import Any

from lamina import ops, quantizers
from lamina.quantizers._float8 import LARGEST
from lamina.variables import QuantizedFloat8DTypePolicy

from ._quantized import Quantizable

_FORWARD, _BACKWARD = "float8_e4m3fn", "float8_e5m2"  # precision for values, range for gradients


class Float8Product(Quantizable):
    """A quantisable layer whose product can be trained in float8.

    Inputs, weight and the gradient of the output have a scale each, from the largest magnitudes of the last steps. Scales
    and histories are variables whose "gradient" is their next value; without `training` they stay as they are.

    Reference: Micikevicius et al., FP8 Formats for Deep Learning, 2022, arXiv:2209.05433.
    """

    _quantization_modes = (*Quantizable._quantization_modes, "float8")

    def _quantized_parts(self, weight: Any, config: Any) -> dict[str, Any]:
        return {} if config.mode == "float8" else super()._quantized_parts(weight, config)

    def _build_quantized(self, shape: tuple[int, ...], mode: str, config: Any) -> None:
        if mode != "float8":
            super()._build_quantized(shape, mode, config)
            return
        default = QuantizedFloat8DTypePolicy.default_amax_history_length
        length = getattr(self.dtype_policy, "amax_history_length", default)
        for part in self._rounded_parts:
            self._add_overwritten(f"{part}_scale", (), "ones")
            self._add_overwritten(f"{part}_amax_history", (length,), "zeros")

    @property
    def _rounded_parts(self) -> tuple[str, str, str]:
        return "inputs", self.adaptable, "outputs_grad"

    def _add_overwritten(self, name: str, shape: tuple[int, ...], initializer: str) -> None:
        variable = self.add_weight(
            name=name,
            shape=shape,
            initializer=initializer,
            dtype="float32",
            autocast=False,
            overwrite_with_gradient=True,
        )
        setattr(self, name, variable)

    @property
    def _filed_parts(self) -> dict[str | None, list[str]]:
        state = [f"{part}_{what}" for part in self._rounded_parts for what in ("scale", "amax_history")]
        return {**super()._filed_parts, "float8": state}

    def _float8_product(self, inputs: Any, training: bool | None) -> Any:
        x = self._through(_rounded, "inputs", inputs, training)
        weight = self._through(_rounded, self.adaptable, getattr(self, self.adaptable), training)
        return self._through(_rounded_backwards, "outputs_grad", self._product(x, weight), training)

    def _through(self, function: Callable[..., Any], part: str, x: Any, training: bool | None) -> Any:
        state = (ops.convert_to_tensor(getattr(self, f"{part}_{what}")) for what in ("scale", "amax_history"))
        return function(self.compute_dtype, bool(training))(x, *state)

    def _product(self, inputs: Any, weight: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define _product(inputs, weight).")


def _rounded(dtype: str, training: bool) -> Callable[..., Any]:
    """The rounding of a value, whose gradient passes as it is."""

    @ops.custom_gradient
    def function(x: Any, scale: Any, history: Any) -> Any:
        moved = _moved_on(x, scale, history, _FORWARD) if training else (scale, history)

        def gradient(*args: Any, upstream: Any = None) -> Any:
            return args[-1] if upstream is None else upstream, *moved

        return quantizers.quantize_and_dequantize(x, scale, _FORWARD, dtype), gradient

    return function


def _rounded_backwards(dtype: str, training: bool) -> Callable[..., Any]:
    """What passes a value as it is, and rounds its gradient."""

    @ops.custom_gradient
    def function(x: Any, scale: Any, history: Any) -> Any:
        def gradient(*args: Any, upstream: Any = None) -> Any:
            upstream = args[-1] if upstream is None else upstream
            moved = _moved_on(upstream, scale, history, _BACKWARD) if training else (scale, history)
            return quantizers.quantize_and_dequantize(upstream, scale, _BACKWARD, dtype), *moved

        return x, gradient

    return function


def _moved_on(x: Any, scale: Any, history: Any, dtype: str) -> tuple[Any, Any]:
    """Scale and history for the next step."""
    new_scale = quantizers.compute_float8_scale(ops.max(history), scale, LARGEST[dtype])
    return new_scale, quantizers.compute_float8_amax_history(x, history)
