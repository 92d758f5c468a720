"""Layers that multiply by a quantised weight: integers by integers, in int8."""

from typing import Any

from lamina import ops

from ._calibrated import CalibratedProduct


class QuantizedProduct(CalibratedProduct):
    """A quantisable layer that multiplies its inputs by the weight: in int8 it multiplies integers.

    A subclass defines `_product(inputs, weight)`, `_product_gradient(upstream, weight)`, the gradient of the inputs, and
    `_input_axes(inputs)`, the axes summed over.
    """

    def _multiplied(self, inputs: Any, training: bool | None = None) -> Any:
        """The product with the effective weight."""
        self._observe(inputs)
        if self.quantization_mode == "float8":
            return self._float8_product(inputs, training)
        if self.inputs_quantizer is None or not self._keeps_levels:
            return self._product(inputs, getattr(self, self.adaptable))
        stored, scale = self._stored_weight, getattr(self, f"{self.adaptable}_scale")
        outputs = self._integer_product(inputs, stored, scale, self._base_weight(stored))
        return ops.add(outputs, self._product(inputs, self._cast_delta())) if self.lora_enabled else outputs

    def _cast_delta(self) -> Any:
        return ops.cast(self._lora_delta(), self.compute_dtype)

    def _integer_product(self, inputs: Any, levels: Any, scale: Any, floats: Any) -> Any:
        """The product of inputs, quantised as well, and a weight in levels that stand for `floats`."""
        int4 = self.quantization_mode == "int4"

        @ops.custom_gradient
        def product(x: Any, weight: Any, factor: Any, floats: Any) -> Any:
            whole, input_scale = self.inputs_quantizer(x, axis=self._input_axes(x))
            input_factor = self._output_scale(input_scale, x)
            if int4:
                y = ops.divide(self._product(ops.cast(whole, self.compute_dtype), floats), input_factor)
            else:
                y = ops.cast(self._product(whole, weight), self.compute_dtype)
                y = ops.divide(y, ops.multiply(input_factor, factor))

            def gradient(*args: Any, upstream: Any = None) -> Any:
                upstream = args[-1] if upstream is None else upstream
                return self._product_gradient(upstream, floats), None, None, None

            return ops.cast(y, self.compute_dtype), gradient

        return product(inputs, ops.convert_to_tensor(levels), ops.convert_to_tensor(scale), floats)

    def _product_gradient(self, upstream: Any, weight: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define _product_gradient(upstream, weight).")

    def _input_axes(self, inputs: Any) -> Any:
        return -1

    def _output_scale(self, scale: Any, inputs: Any) -> Any:
        """The scale of the inputs, of size 1 along the axes summed over, so that it broadcasts with the product."""
        return scale
