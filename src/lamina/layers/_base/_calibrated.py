"""Weights quantised by the inputs that their layer sees, as GPTQ and AWQ do."""

import math
from typing import Any

import numpy as np

from lamina import ops, quantizers
from lamina.quantizers._awq import awq
from lamina.quantizers._calibrated_config import CalibratedConfig, config_of_policy
from lamina.quantizers._calibration import Statistics, to_levels
from lamina.quantizers._gptq import gptq
from lamina.quantizers._grouped import dequantize_grouped

from ._float8 import Float8Product

_MODES = ("gptq", "awq")
_PACKED = {4: (2, quantizers.pack_int4, quantizers.unpack_int4), 2: (4, quantizers.pack_int2, quantizers.unpack_int2)}


class CalibratedProduct(Float8Product):
    """A quantisable layer whose weight may be quantised by statistics of its inputs, and is kept as codes from 0 on.

    A subclass defines `_sum_shape`, `_sum_matrix` and `_from_sum_matrix`, the weight as a matrix whose rows are summed over,
    and `_input_rows`, the inputs as rows for it.
    """

    _quantization_modes = (*Float8Product._quantization_modes, *_MODES)
    _statistics: Statistics | None = None

    def _watch_inputs(self) -> None:
        """From now on what the layer is called on is summed up, until it is quantised."""
        self._statistics = Statistics(self._sum_shape(tuple(self._stored_weight.shape))[0])

    def _observe(self, inputs: Any) -> None:
        if self._statistics is not None:
            self._statistics.add(ops.convert_to_numpy(self._input_rows(inputs)))

    def _policy_config(self, mode: str, otherwise: Any = None) -> Any:
        return config_of_policy(self.dtype_policy) if mode in _MODES else super()._policy_config(mode, otherwise)

    def quantize(self, mode: str | None = None, type_check: bool = True, config: Any = None) -> None:
        if isinstance(config, CalibratedConfig) and self._statistics is None:
            raise ValueError(
                f"{self._owner}.quantize: {config.mode!r} needs inputs to calibrate by; call model.quantize(config=config), "
                "with the layer in one of the sequential_blocks of the quantization_layer_structure."
            )
        super().quantize(mode, type_check, config)

    def _quantized_parts(self, weight: Any, config: Any) -> dict[str, Any]:
        if config.mode not in _MODES:
            return super()._quantized_parts(weight, config)
        matrix = ops.convert_to_numpy(self._sum_matrix(ops.cast(weight, "float32")))
        if self._statistics is None:
            return {f"_{self.adaptable}": self._packed(self._requantized(matrix), config.weight_bits)}
        found = (gptq if config.mode == "gptq" else awq)(matrix, self._statistics, config)
        name, dtype = self.adaptable, self.variable_dtype
        parts = {
            f"_{name}": self._packed(found.levels, config.weight_bits),
            f"{name}_scale": ops.cast(found.scale.T, dtype),
            f"{name}_zero": ops.cast(found.zero.T, "uint8"),
            "g_idx": ops.cast(found.groups, "float32"),
        }
        return parts if found.row_scale is None else {**parts, "awq_scales": ops.cast(found.row_scale, dtype)}

    def _requantized(self, matrix: np.ndarray) -> np.ndarray:
        """The nearest levels of another weight, in the ranges that calibration found."""
        names = (f"{self.adaptable}_scale", f"{self.adaptable}_zero", "g_idx")
        scale, zero, groups = (ops.convert_to_numpy(getattr(self, name)) for name in names)
        groups = groups.astype(int)
        if self.quantization_mode == "awq":
            matrix = matrix * ops.convert_to_numpy(self.awq_scales)[:, None]
        return to_levels(matrix, scale.T[groups], zero.T[groups], self._own_config.weight_bits)

    def _packed(self, levels: np.ndarray, bits: int) -> Any:
        codes = ops.cast(levels.T, "uint8")
        return _PACKED[bits][1](codes, axis=0, dtype="uint8")[0] if bits in _PACKED else codes

    def _build_quantized(self, shape: tuple[int, ...], mode: str, config: Any) -> None:
        if mode not in _MODES:
            super()._build_quantized(shape, mode, config)
            return
        name, self._weight_shape = self.adaptable, shape
        rows, columns = self._sum_shape(shape)
        size = rows if config.group_size == -1 else config.group_size
        groups, share = -(-rows // size), _PACKED[config.weight_bits][0] if config.weight_bits in _PACKED else 1
        setattr(self, name, self._add_fixed(name, (-(-columns // share), rows), "zeros", "uint8"))
        setattr(self, f"{name}_scale", self._add_fixed(f"{name}_scale", (columns, groups), "ones"))
        setattr(self, f"{name}_zero", self._add_fixed(f"{name}_zero", (columns, groups), "zeros", "uint8"))
        if mode == "awq":
            self.awq_scales = self._add_fixed("awq_scales", (rows,), "ones")
        self._add_groups(rows, size)

    def _floats(self, stored: Any, scale: Any, zero: Any) -> Any:
        if self.quantization_mode not in _MODES:
            return super()._floats(stored, scale, zero)
        bits, columns = self._own_config.weight_bits, self._sum_shape(self._weight_shape)[1]
        codes = _PACKED[bits][2](stored, columns, axis=0, dtype="uint8") if bits in _PACKED else stored
        floats = dequantize_grouped(
            ops.transpose(ops.convert_to_tensor(codes)), ops.transpose(scale), ops.transpose(zero), self.g_idx, 0
        )
        if self.quantization_mode == "awq":
            floats = ops.divide(floats, ops.expand_dims(self.awq_scales, -1))
        return ops.cast(self._from_sum_matrix(floats), self.compute_dtype)

    @property
    def variable_serialization_spec(self) -> dict[str | None, list[str]]:
        name, ends = self.adaptable, {"gptq": ["g_idx"], "awq": ["awq_scales", "g_idx"]}
        bias = [one for one in self._filed_first if one != name]
        codes = [f"quantized_{name}", f"{name}_scale", f"{name}_zero"]
        return {**super().variable_serialization_spec, **{mode: [*bias, *codes, *ends[mode]] for mode in _MODES}}

    @property
    def quantized_kernel(self) -> Any:
        """The variable of codes, where GPTQ or AWQ made one."""
        if self.quantization_mode not in _MODES:
            raise AttributeError(f"{self._owner} has no quantized_kernel: its weight is not quantised by GPTQ or AWQ.")
        return self._stored_weight

    # The weight as a matrix whose rows are summed over. By default it is one, as in Dense.

    def _sum_shape(self, shape: tuple[int, ...]) -> tuple[int, int]:
        return shape[0], math.prod(shape[1:])

    def _sum_matrix(self, weight: Any) -> Any:
        return ops.convert_to_tensor(weight)

    def _from_sum_matrix(self, matrix: Any) -> Any:
        return matrix

    def _input_rows(self, inputs: Any) -> Any:
        return ops.reshape(inputs, (-1, inputs.shape[-1]))
