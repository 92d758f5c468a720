"""Quantised layers: the weight kept as integers of eight or four bits with their scale, read as the floats they stand for."""

from typing import Any

from lamina import initializers, ops, quantizers
from lamina._checks import check_one_of
from lamina.quantizers._config import resolve_config
from lamina.quantizers._grouped import dequantize_grouped
from lamina.variables import (
    QUANTIZATION_MODES,
    DTypePolicyMap,
    deserialize_keras_object,
    get_dtype_policy,
    serialize_keras_object,
)

from ._low_rank import LowRank

_PARTS = ("scale", "zero")
_WHOLE = (None, -1)  # block sizes that mean one scale for all rows


class Quantizable(LowRank):
    """A layer whose one weight (`adaptable`) can be quantised.

    The weight is a matrix to the quantiser: the axes that the layer sums over are its rows, each column has a scale (or
    one for each block of rows). A subclass tells how, with `_as_matrix`, `_from_matrix` and the methods about scales.
    """

    _is_quantized = False
    quantization_config: Any = None
    inputs_quantizer: Any = None

    def _ask_quantization(self, config: Any) -> None:
        """Remembers the argument of `__init__`, an object or its config."""
        config = deserialize_keras_object(config) if isinstance(config, dict) else config
        if config is not None and not isinstance(config, quantizers.QuantizationConfig):
            raise ValueError(
                f"{self._owner}: quantization_config must be a QuantizationConfig, such as "
                f"quantizers.Int8QuantizationConfig(); got {config!r}."
            )
        self.quantization_config = config

    def _set_policy(self, dtype: Any) -> None:
        super()._set_policy(dtype)
        mode = self.quantization_mode if self.__dict__.get("built") else None
        if mode is not None and not self._is_quantized:
            self.quantization_config = self._policy_config(mode, resolve_config(mode, None, self._owner))
            self._quantize(self.quantization_config)

    def _policy_config(self, mode: str, otherwise: Any = None) -> Any:
        """The config that the dtype policy stands for, or `otherwise` where it leaves the blocks of int4 open."""
        block = getattr(self.dtype_policy, "block_size", None)
        if mode != "int4" or (otherwise is not None and block is None):
            return otherwise or resolve_config(mode, None, self._owner)
        return quantizers.Int4QuantizationConfig(block_size=block)

    def _add_adaptable(self, shape: tuple[int, ...], initializer: Any) -> None:
        """Makes the weight, as the dtype policy asks."""
        mode, name = self.quantization_mode, self.adaptable
        if mode is not None:
            config = self.quantization_config
            self.quantized_build(shape, mode, self._policy_config(mode) if config is None else config)
        if not self._keeps_levels:
            own = {kind: getattr(self, f"{name}_{kind}") for kind in ("regularizer", "constraint")}
            setattr(self, name, self.add_weight(name=name, shape=shape, initializer=initializer, **own))

    def quantized_build(self, kernel_shape: Any, mode: str, config: Any = None) -> None:
        """Makes the variables of a quantised weight.

        Args:
            kernel_shape: the shape of the weight itself.
            mode: "int8", "int4", ...
            config: QuantizationConfig; None for that of the dtype policy.

        Raises ValueError for an unknown mode, NotImplementedError for one that the layer has no form in.
        """
        self._check_mode(mode, "quantized_build")
        config = self._policy_config(mode) if config is None else config
        self.inputs_quantizer = config.activation_quantizer
        self._build_quantized(tuple(kernel_shape), mode, config)
        self._is_quantized = True

    _quantization_modes: tuple[str, ...] = ("int8", "int4")

    def _check_mode(self, mode: str, what: str) -> None:
        check_one_of(mode, QUANTIZATION_MODES, "mode", f"{self._owner}.{what}")
        if mode not in self._quantization_modes:
            raise NotImplementedError(
                f"{self._owner}.{what}: {type(self).__name__} has no form in {mode!r}; it has one in "
                f"{' and '.join(map(repr, self._quantization_modes))}."
            )

    def _build_quantized(self, shape: tuple[int, ...], mode: str, config: Any) -> None:
        """Makes the variables of a mode that the layer has."""
        self._build_levels(shape, mode, getattr(config, "block_size", None))

    def _build_levels(self, shape: tuple[int, ...], mode: str, block: int | None) -> None:
        name, self._weight_shape = self.adaptable, shape
        rows, columns = self._matrix_shape(shape)
        kept = self._kept_shape(shape) if mode == "int4" else shape
        setattr(self, name, self._add_fixed(name, kept, "zeros", "int8"))
        if mode == "int8" or block in _WHOLE:
            scale_shape = self._scale_shape(shape) if mode == "int8" else (columns,)
            setattr(self, f"{name}_scale", self._add_fixed(f"{name}_scale", scale_shape, "ones"))
            return
        scale_shape = self._turned_shape((-(-rows // block), columns))
        setattr(self, f"{name}_scale", self._add_fixed(f"{name}_scale", scale_shape, "ones"))
        setattr(self, f"{name}_zero", self._add_fixed(f"{name}_zero", scale_shape, "zeros", "int8"))
        self._add_groups(rows, block)

    def _add_groups(self, rows: int, block: int) -> None:
        """The block of each row; floats, as in Keras's files."""
        groups = ops.floor_divide(ops.arange(rows, dtype="float32"), block)
        self.g_idx = self._add_fixed("g_idx", (rows,), initializers.Constant(groups), "float32")

    def _add_fixed(self, name: str, shape: Any, initializer: Any, dtype: Any = None) -> Any:
        return self.add_weight(name=name, shape=shape, initializer=initializer, dtype=dtype, trainable=False)

    def quantize(self, mode: str | None = None, type_check: bool = True, config: Any = None) -> None:
        """Puts integers and their scale in the place of the weight, and the dtype policy `<mode>_from_<policy>`.

        Args:
            mode: "int8" (weight and inputs; products are sums of integers), "int4" (weight alone) or "float8" (training
                through floats of eight bits); may be left out where `config` is given.
            type_check: whether subclasses are refused; they may calculate otherwise.
            config: QuantizationConfig, or a mode; None for that of the mode.

        Raises ValueError if the layer is not built, is quantised already, or the arguments are wrong or contradictory,
        NotImplementedError for a subclass if `type_check`, and for a mode that the layer has no form in.
        """
        where = f"{self._owner}.quantize"
        config = resolve_config(mode, config, where)
        if not self.built:
            raise ValueError(f"{where}: the layer is not built; call it or build(input_shape) first.")
        if self._is_quantized:
            raise ValueError(f"{where}: it is quantised already, with the dtype policy {self.dtype_policy.name!r}.")
        if config.mode == "int8" and self.compute_dtype == "float16":
            raise ValueError(f"{where}: mode='int8' cannot calculate in float16; take another dtype policy first.")
        if type_check and self.adaptable not in type(self).__dict__:
            raise NotImplementedError(
                f"{where}: {type(self).__name__} may calculate otherwise than the layer it extends; "
                "quantize(type_check=False) takes it to be alike."
            )
        self._check_mode(config.mode, "quantize")
        self.quantization_config = config
        self._quantize(config)

    def _quantize(self, config: Any) -> None:
        parts = self._quantized_parts(self._stored_weight, config)
        shape = self._stored_weight.shape
        if parts:
            delattr(self, f"_{self.adaptable}")
        with self._adding():
            self.quantized_build(shape, config.mode, config)
        for name, value in parts.items():
            getattr(self, name).assign(value)
        if self.quantization_mode is None:
            self._name_policy(config)

    def _name_policy(self, config: Any) -> None:
        """The dtype policy that tells how the weight is kept now."""
        policy = get_dtype_policy(f"{config.policy_prefix}_from_{self.dtype_policy.name}")
        if isinstance(self._dtype_policy, DTypePolicyMap):
            self._dtype_policy._policy_map[self.path or self.name] = policy
        else:
            self._dtype_policy = policy

    def _quantized_parts(self, weight: Any, config: Any) -> dict[str, Any]:
        """The values of the variables that stand for a weight, by their names."""
        name, quantizer = self.adaptable, config.weight_quantizer
        if config.mode == "int8":
            quantizer = quantizer or quantizers.AbsMaxQuantizer(axis=self._reduced_axes)
            levels, scale = quantizer(weight, to_numpy=True)
            return {f"_{name}": levels, f"{name}_scale": self._kept_scale(scale)}
        matrix = self._as_matrix(weight)
        if config.block_size in _WHOLE:
            quantizer = quantizer or quantizers.AbsMaxQuantizer(value_range=(-8, 7))
            levels, scale = quantizer(matrix, axis=0, to_numpy=True)
            parts = {f"{name}_scale": ops.squeeze(scale, 0)}
        else:
            levels, scale, zero = quantizers.abs_max_quantize_grouped_with_zero_point(
                matrix, config.block_size, to_numpy=True
            )
            parts = {f"{name}_scale": self._turned(scale), f"{name}_zero": self._turned(zero)}
        return {f"_{name}": quantizers.pack_int4(self._turned(levels), axis=-1)[0], **parts}

    def _base_weight(self, stored: Any) -> Any:
        if not self._keeps_levels:
            return stored
        return self._floats(stored, *(getattr(self, f"{self.adaptable}_{part}", None) for part in _PARTS))

    def _floats(self, stored: Any, scale: Any, zero: Any) -> Any:
        """What levels, as they are kept, stand for."""
        if self.quantization_mode == "int8":
            return ops.divide(ops.cast(stored, self.compute_dtype), self._weight_scale(scale))
        length = self._turned_shape(self._matrix_shape(self._weight_shape))[1]
        levels = self._turned(quantizers.unpack_int4(stored, length, axis=-1))
        if zero is None:
            floats = ops.divide(ops.cast(levels, self.compute_dtype), scale)
        else:
            floats = dequantize_grouped(levels, self._turned(scale), self._turned(zero), self.g_idx, 0)
        return ops.cast(self._from_matrix(floats), self.compute_dtype)

    @property
    def _keeps_levels(self) -> bool:
        """Whether the weight is kept in levels, not as floats."""
        return self._is_quantized and self.quantization_mode != "float8"

    @property
    def variable_serialization_spec(self) -> dict[str | None, list[str]]:
        """For each mode of quantisation (None for none), the variables that files hold, in their order.

        Those that the layer does not have are left out: a bias, the zero points of blocks.
        """
        return {mode: [*self._filed_first, *parts] for mode, parts in self._filed_parts.items()}

    @property
    def _filed_first(self) -> list[str]:
        return [self.adaptable, "bias"] if hasattr(self, "bias") else [self.adaptable]

    @property
    def _filed_parts(self) -> dict[str | None, list[str]]:
        name = self.adaptable
        return {None: [], "int8": [f"{name}_scale"], "int4": [f"{name}_scale", f"{name}_zero", "g_idx"]}

    @property
    def _filed_variables(self) -> list[Any]:
        if not self._is_quantized:
            return super()._filed_variables
        names = self.variable_serialization_spec[self.quantization_mode]
        found = (getattr(self, f"_{name}" if name == self.adaptable else name, None) for name in names)
        return [variable for variable in found if variable is not None]

    def _filed_value(self, variable: Any) -> Any:
        if not (self._keeps_levels and self.lora_enabled):
            return super()._filed_value(variable)
        merged = self._quantized_parts(getattr(self, self.adaptable), self._own_config)
        for name, value in merged.items():
            if getattr(self, name) is variable:
                return ops.convert_to_numpy(value)
        return variable.numpy()

    @property
    def _own_config(self) -> Any:
        """The config by which the weight is kept."""
        return self.quantization_config or self._policy_config(self.quantization_mode or "")

    def get_config(self) -> dict[str, Any]:
        config = self.quantization_config
        return {
            **super().get_config(),
            **({} if config is None else {"quantization_config": serialize_keras_object(config)}),
        }

    # The weight as a matrix. By default it is one, rows first, as in Dense.

    _reduced_axes: tuple[int, ...] = (0,)

    def _matrix_shape(self, shape: tuple[int, ...]) -> tuple[int, int]:
        """Rows (summed over) and columns (with a scale each)."""
        return shape[0], shape[1]

    def _as_matrix(self, weight: Any) -> Any:
        return ops.convert_to_tensor(weight)

    def _from_matrix(self, matrix: Any) -> Any:
        return matrix

    def _turned(self, matrix: Any) -> Any:
        """A matrix of rows and columns as it is kept, and back."""
        return matrix

    def _turned_shape(self, shape: tuple[int, int]) -> tuple[int, int]:
        return shape

    def _kept_shape(self, shape: tuple[int, ...]) -> tuple[int, int]:
        """The shape of the bytes that hold the weight by fours of bits."""
        first, second = self._turned_shape(self._matrix_shape(shape))
        return first, -(-second // 2)

    # The scale of a weight in int8.

    def _scale_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return (self._matrix_shape(shape)[1],)

    def _kept_scale(self, scale: Any) -> Any:
        """The scale, of size 1 along the axes summed over, as it is kept."""
        return ops.squeeze(scale, self._reduced_axes)

    def _weight_scale(self, scale: Any) -> Any:
        """The scale as it is kept, so that it broadcasts with the weight."""
        return ops.expand_dims(scale, self._reduced_axes)
