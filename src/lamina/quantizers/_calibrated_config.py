"""What `model.quantize` is told of GPTQ and AWQ, which look at the inputs that the layers see."""

from typing import Any

from lamina._checks import check_one_of, check_positive_int
from lamina._public import public
from lamina.variables import CALIBRATED_BITS

from ._config import QuantizationConfig


class CalibratedConfig(QuantizationConfig):
    """What both have in common. Data, tokenizer and structure are no part of the config that is saved."""

    _saved: tuple[str, ...] = ("weight_bits", "num_samples", "sequence_length", "group_size")

    def __init__(
        self,
        dataset: Any,
        tokenizer: Any,
        weight_bits: int,
        num_samples: int,
        sequence_length: int,
        group_size: int,
        quantization_layer_structure: Any,
    ):
        super().__init__()
        owner = type(self).__name__
        check_one_of(weight_bits, CALIBRATED_BITS[self.mode], "weight_bits", owner)
        check_positive_int(num_samples, "num_samples", owner)
        check_positive_int(sequence_length, "sequence_length", owner)
        if group_size < -1 or group_size == 0:
            raise ValueError(f"{owner}: group_size must be positive, or -1 for one group; got {group_size!r}.")
        self.dataset = dataset
        self.tokenizer = tokenizer
        self.weight_bits = weight_bits
        self.num_samples = num_samples
        self.sequence_length = sequence_length
        self.group_size = group_size
        self.quantization_layer_structure = quantization_layer_structure

    @property
    def policy_prefix(self) -> str:
        return f"{self.mode}/{self.weight_bits}/{self.group_size}"

    def dtype_policy_string(self) -> str:
        """What the names of the dtype policies begin with that go by this config, such as "gptq/4/128"."""
        return self.policy_prefix

    def get_config(self) -> dict[str, Any]:
        data = dict.fromkeys(("dataset", "tokenizer", "quantization_layer_structure"))
        return {**data, **{name: getattr(self, name) for name in self._saved}}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "QuantizationConfig":
        return cls(**config)


@public("quantizers.GPTQConfig")
class GPTQConfig(CalibratedConfig):
    """GPTQ: weights are rounded one input after the other, the later ones making up for the errors of the earlier.

    Args:
        dataset: what to calibrate by: strings, arrays of tokens, or arrays of floats, each of them one input.
        tokenizer: function from a string to its tokens, or an object with `tokenize`; None if the data are arrays.
        weight_bits: 2, 3, 4 or 8.
        num_samples: how many samples are looked at.
        calibration_batch_size: how many at once; the result does not depend on it.
        per_channel: kept for files; each output has scales of its own.
        sequence_length: tokens of a sample.
        hessian_damping: fraction of the mean diagonal that is added to it, from 0 to 1.
        group_size: inputs that share a scale; -1 for all.
        symmetric: whether zero is the middle level.
        activation_order: whether inputs of large magnitude come first.
        quantization_layer_structure: dict with "pre_block_layers", layers that the samples go through first, and
            "sequential_blocks", layers one after the other whose Dense and EinsumDense layers are quantised; None asks
            `model.get_quantization_layer_structure`.

    Raises ValueError for wrong arguments.
    Example:
        >>> quantizers.GPTQConfig(None, None).dtype_policy_string()
        'gptq/4/128'

    Reference: Frantar et al., GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers, 2022,
        arXiv:2210.17323.
    """

    _saved = (
        *CalibratedConfig._saved,
        "calibration_batch_size",
        "per_channel",
        "hessian_damping",
        "symmetric",
        "activation_order",
    )

    def __init__(
        self,
        dataset: Any,
        tokenizer: Any,
        *,
        weight_bits: int = 4,
        num_samples: int = 128,
        calibration_batch_size: int = 8,
        per_channel: bool = True,
        sequence_length: int = 512,
        hessian_damping: float = 0.01,
        group_size: int = 128,
        symmetric: bool = False,
        activation_order: bool = False,
        quantization_layer_structure: Any = None,
    ):
        super().__init__(
            dataset, tokenizer, weight_bits, num_samples, sequence_length, group_size, quantization_layer_structure
        )
        check_positive_int(calibration_batch_size, "calibration_batch_size", "GPTQConfig")
        if not 0 <= hessian_damping <= 1:
            raise ValueError(f"GPTQConfig: hessian_damping must lie between 0 and 1; got {hessian_damping!r}.")
        self.calibration_batch_size = calibration_batch_size
        self.per_channel = per_channel
        self.hessian_damping = hessian_damping
        self.symmetric = symmetric
        self.activation_order = activation_order

    @property
    def mode(self) -> str:
        return "gptq"


@public("quantizers.AWQConfig")
class AWQConfig(CalibratedConfig):
    """AWQ: inputs that are large get finer levels, by a scale that is searched for; ranges are cut where that helps.

    Args:
        dataset, tokenizer, num_samples, sequence_length, group_size, quantization_layer_structure: as in GPTQConfig.
        weight_bits: 4.
        num_grid_points: how many scales are tried.
        apply_clip: whether ranges are cut.

    Raises ValueError for wrong arguments.
    Example:
        >>> quantizers.AWQConfig(None, None, group_size=-1).dtype_policy_string()
        'awq/4/-1'

    Reference: Lin et al., AWQ: Activation-aware Weight Quantization for LLM Compression and Acceleration, 2023,
        arXiv:2306.00978.
    """

    _saved = (*CalibratedConfig._saved, "num_grid_points", "apply_clip")
    calibration_batch_size = 8

    def __init__(
        self,
        dataset: Any,
        tokenizer: Any,
        *,
        weight_bits: int = 4,
        num_samples: int = 128,
        sequence_length: int = 512,
        group_size: int = 128,
        num_grid_points: int = 20,
        apply_clip: bool = True,
        quantization_layer_structure: Any = None,
    ):
        super().__init__(
            dataset, tokenizer, weight_bits, num_samples, sequence_length, group_size, quantization_layer_structure
        )
        check_positive_int(num_grid_points, "num_grid_points", "AWQConfig")
        self.num_grid_points = num_grid_points
        self.apply_clip = apply_clip

    @property
    def mode(self) -> str:
        return "awq"


def config_of_policy(policy: Any) -> CalibratedConfig:
    """The config, without data, that a dtype policy such as "gptq/4/128_from_float32" stands for."""
    kind: Any = {"gptq": GPTQConfig, "awq": AWQConfig}[policy.quantization_mode]
    sizes = {name: getattr(policy, name) for name in ("weight_bits", "group_size") if hasattr(policy, name)}
    return kind(None, None, **sizes)
