"""What `quantize` is told: the mode, and the quantizers of weights and of inputs."""

from typing import Any

from lamina._checks import check_one_of
from lamina._public import public
from lamina.variables import QUANTIZATION_MODES, deserialize_keras_object, serialize_keras_object

from ._abs_max import AbsMaxQuantizer


@public("quantizers.QuantizationConfig")
class QuantizationConfig:
    """The base of configs of quantisation; a subclass has the property `mode`.

    Args:
        weight_quantizer: quantizer of the weight; None for the layer's own.
        activation_quantizer: quantizer of the inputs; None leaves them as floats.
    """

    def __init__(self, weight_quantizer: Any = None, activation_quantizer: Any = None):
        self.weight_quantizer = weight_quantizer
        self.activation_quantizer = activation_quantizer

    @property
    def mode(self) -> str:
        raise NotImplementedError(f"{type(self).__name__} must define the property mode.")

    @property
    def policy_prefix(self) -> str:
        """What the names of the dtype policies begin with that go by this config, before "_from_"."""
        return self.mode

    def _check_levels(self, **expected: Any) -> None:
        for name, value in expected.items():
            got = None if self.weight_quantizer is None else getattr(self.weight_quantizer, name)
            if self.weight_quantizer is not None and got != value:
                raise ValueError(
                    f"{type(self).__name__}: weight_quantizer must have {name}={value!r}; it has {name}={got!r}."
                )

    def get_config(self) -> dict[str, Any]:
        return {
            "weight_quantizer": serialize_keras_object(self.weight_quantizer),
            "activation_quantizer": serialize_keras_object(self.activation_quantizer),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "QuantizationConfig":
        made = {k: deserialize_keras_object(v) if k.endswith("_quantizer") else v for k, v in config.items()}
        return cls(**made)


@public("quantizers.Int8QuantizationConfig")
class Int8QuantizationConfig(QuantizationConfig):
    """Weights in int8, one scale for each output; inputs too, with a scale of their own at each call.

    Args:
        weight_quantizer: quantizer to int8; None for the layer's own.
        activation_quantizer: quantizer of the inputs; "default" for `AbsMaxQuantizer()`, None leaves them as floats.
    Raises ValueError if `weight_quantizer` gives another dtype.
    Example:
        >>> quantizers.Int8QuantizationConfig().mode
        'int8'
    """

    def __init__(self, weight_quantizer: Any = None, activation_quantizer: Any = "default"):
        default = isinstance(activation_quantizer, str) and activation_quantizer == "default"
        super().__init__(weight_quantizer, AbsMaxQuantizer() if default else activation_quantizer)
        self._check_levels(output_dtype="int8")

    @property
    def mode(self) -> str:
        return "int8"


@public("quantizers.Int4QuantizationConfig")
class Int4QuantizationConfig(QuantizationConfig):
    """Weights in four bits, two in a byte, with a scale and a zero point for each block of inputs and each output.

    Args:
        weight_quantizer: quantizer to the levels -8 to 7 in int8; None for the layer's own.
        activation_quantizer: quantizer of the inputs; "default" and None leave them as floats.
        block_size: inputs of a block; -1 or None for one scale for all inputs, about zero.
    Raises ValueError for other block sizes, for quantizers together with blocks, and for other levels.
    Example:
        >>> quantizers.Int4QuantizationConfig().block_size
        128
    """

    def __init__(
        self, weight_quantizer: Any = None, activation_quantizer: Any = "default", block_size: int | None = 128
    ):
        default = isinstance(activation_quantizer, str) and activation_quantizer == "default"
        super().__init__(weight_quantizer, None if default else activation_quantizer)
        if block_size is not None and block_size != -1 and block_size <= 0:
            raise ValueError(f"Int4QuantizationConfig: block_size must be positive, -1 or None; got {block_size!r}.")
        self.block_size = block_size
        custom = self.weight_quantizer is not None or self.activation_quantizer is not None
        if custom and block_size not in (None, -1):
            raise ValueError(
                f"Int4QuantizationConfig: blocks have a quantizer of their own; got block_size={block_size} and "
                "custom quantizers. Give block_size=-1, or leave the quantizers out."
            )
        self._check_levels(value_range=(-8, 7), output_dtype="int8")

    @property
    def mode(self) -> str:
        return "int4"

    @property
    def policy_prefix(self) -> str:
        return f"int4/{-1 if self.block_size is None else self.block_size}"

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "block_size": self.block_size}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "QuantizationConfig":
        return super().from_config({"block_size": None, **config})  # files from before there were blocks


@public("quantizers.Float8QuantizationConfig")
class Float8QuantizationConfig(QuantizationConfig):
    """Training through floats of eight bits: inputs, weights and gradients are rounded to them.

    Example:
        >>> quantizers.Float8QuantizationConfig().mode
        'float8'
    """

    def __init__(self) -> None:
        super().__init__()

    @property
    def mode(self) -> str:
        return "float8"

    def get_config(self) -> dict[str, Any]:
        return {}


_CONFIGS = {
    "int8": Int8QuantizationConfig,
    "int4": Int4QuantizationConfig,
    "float8": Float8QuantizationConfig,
}


def resolve_config(mode: Any, config: Any, where: str) -> QuantizationConfig:
    """The config that `mode`, `config` or both ask for. Raises ValueError if neither or contradictory ones are given."""
    if isinstance(config, str):
        mode, config = config, None
    if mode is None and config is None:
        raise ValueError(f"{where}: give mode or config; got neither.")
    if mode is not None:
        check_one_of(mode, QUANTIZATION_MODES, "mode", where)
    if config is None and mode not in _CONFIGS:
        raise ValueError(
            f"{where}: mode={mode!r} needs a config with data to calibrate by, such as quantizers.GPTQConfig(dataset, "
            "tokenizer) or quantizers.AWQConfig(dataset, tokenizer)."
        )
    if config is None:
        return _CONFIGS[mode]()
    if not isinstance(config, QuantizationConfig):
        raise ValueError(
            f"{where}: config must be a QuantizationConfig, such as quantizers.Int8QuantizationConfig(); got {config!r}."
        )
    check_one_of(config.mode, QUANTIZATION_MODES, "config.mode", where)
    if mode is not None and config.mode != mode:
        raise ValueError(f"{where}: mode={mode!r} contradicts the config, whose mode is {config.mode!r}.")
    return config
