"""Dtype policies of quantised layers: how the weight is kept, and the policy the layer had before."""

from typing import Any

from lamina._checks import check_one_of
from lamina._public import public

from ._dtype_policy import DTypePolicy, dtype_policy

QUANTIZATION_MODES = ("int8", "float8", "int4", "gptq", "awq")
CALIBRATED_BITS = {"gptq": (2, 3, 4, 8), "awq": (4,)}  # what each may be asked for


@public("dtype_policies.QuantizedDTypePolicy")
class QuantizedDTypePolicy(DTypePolicy, modes=("int8", "int4")):
    """The policy of a layer whose weight is quantised; its name is `<mode>_from_<source_name>`.

    Args:
        mode: "int8", "int4", "float8", "gptq" or "awq".
        source_name: name of the policy that tells the dtypes of the other weights and of calculation; None means the
            global policy.
    Raises ValueError for other modes, and for int8 with calculation in float16, whose range its products exceed.
    Example:
        >>> policy = dtype_policies.get("int8_from_mixed_bfloat16")
        >>> policy.quantization_mode, policy.compute_dtype, policy.variable_dtype
        ('int8', 'bfloat16', 'float32')
    """

    def __init__(self, mode: str, source_name: str | None = None):
        owner = type(self).__name__
        check_one_of(mode, QUANTIZATION_MODES, "mode", owner)
        self._source_name = dtype_policy().name if source_name is None else source_name
        super().__init__(self._source_name)
        if mode == "int8" and self.compute_dtype == "float16":
            raise ValueError(
                f"{owner}: mode='int8' cannot calculate in float16, whose range its products exceed; got "
                f"source_name={self._source_name!r}. Take 'mixed_bfloat16' or 'float32'."
            )
        self._name = f"{mode}_from_{self._source_name}"
        self._quantization_mode = mode

    def get_config(self) -> dict[str, Any]:
        return {"mode": self._quantization_mode, "source_name": self._source_name}


@public("dtype_policies.Int4DTypePolicy")
class Int4DTypePolicy(QuantizedDTypePolicy, modes=("int4/",)):
    """The policy of a layer in int4 with a scale for each block of inputs; its name is `int4/<block_size>_from_<source_name>`.

    Args:
        mode: "int4/<block_size>"; -1 for one scale for all inputs.
        source_name: as in QuantizedDTypePolicy.
    Raises ValueError if `mode` does not look so.
    Example:
        >>> dtype_policies.get("int4/64_from_float32").block_size
        64
    """

    def __init__(self, mode: str, source_name: str | None = None):
        kind, slash, size = mode.partition("/")
        size = "-1" if size == "None" else size  # older files
        if kind != "int4" or not slash or not size.removeprefix("-").isdecimal() or int(size) < -1 or int(size) == 0:
            raise ValueError(
                "Int4DTypePolicy: mode must be 'int4/<block_size>' with a positive block size, or -1 for one scale for all "
                f"inputs; got {mode!r}."
            )
        super().__init__(kind, source_name)
        self.mode, self.block_size = kind, int(size)
        self._name = f"int4/{self.block_size}_from_{self._source_name}"

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mode": f"int4/{self.block_size}"}


@public("dtype_policies.QuantizedFloat8DTypePolicy")
class QuantizedFloat8DTypePolicy(QuantizedDTypePolicy, modes=("float8",)):
    """The policy of a layer that is trained through floats of eight bits.

    Args:
        mode: "float8".
        source_name: as in QuantizedDTypePolicy.
        amax_history_length: of how many steps the largest magnitudes are remembered.
    Raises TypeError if `amax_history_length` is no int.
    Example:
        >>> dtype_policies.get("float8_from_float32").amax_history_length
        1024
    """

    default_amax_history_length = 1024

    def __init__(self, mode: str, source_name: str | None = None, amax_history_length: int = 1024):
        super().__init__(mode, source_name)
        if not isinstance(amax_history_length, int):
            raise TypeError(
                f"QuantizedFloat8DTypePolicy: amax_history_length must be an int; got {amax_history_length!r}."
            )
        self._amax_history_length = amax_history_length

    @property
    def amax_history_length(self) -> int:
        return self._amax_history_length

    def __eq__(self, other: Any) -> bool:
        return super().__eq__(other) and self._amax_history_length == other._amax_history_length

    def __hash__(self) -> int:
        return super().__hash__()

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "amax_history_length": self._amax_history_length}


class _CalibratedDTypePolicy(QuantizedDTypePolicy):
    """What the policies of weights have in common that were quantised by the inputs their layer saw."""

    _kind: str

    def __init__(self, mode: str, source_name: str | None = None):
        bits, size = self._read(mode)
        super().__init__(self._kind, source_name)
        self.mode, self.weight_bits, self.group_size = self._kind, bits, size
        self._name = f"{mode}_from_{self._source_name}"

    def _read(self, mode: str) -> tuple[int, int]:
        kind, *numbers = mode.split("/")
        read = [int(n) for n in numbers if n.removeprefix("-").isdecimal()]
        allowed = CALIBRATED_BITS[self._kind]
        if kind != self._kind or len(numbers) != 2 or len(read) != 2:
            raise ValueError(
                f"{type(self).__name__}: mode must be '{self._kind}/<weight_bits>/<group_size>'; got {mode!r}."
            )
        if read[0] not in allowed:
            raise ValueError(f"{type(self).__name__}: weight_bits must be one of {allowed}; got {mode!r}.")
        if read[1] < -1 or read[1] == 0:
            raise ValueError(f"{type(self).__name__}: group_size must be positive, or -1 for one group; got {mode!r}.")
        return read[0], read[1]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mode": f"{self.mode}/{self.weight_bits}/{self.group_size}"}


@public("dtype_policies.GPTQDTypePolicy")
class GPTQDTypePolicy(_CalibratedDTypePolicy, modes=("gptq/",)):
    """The policy of a layer whose weight was quantised by GPTQ; its name is `gptq/<weight_bits>/<group_size>_from_<source_name>`.

    Args:
        mode: "gptq/<weight_bits>/<group_size>"; bits are 2, 3, 4 or 8, a group size of -1 means one group.
        source_name: as in QuantizedDTypePolicy.
    Raises ValueError if `mode` does not look so.
    Example:
        >>> dtype_policies.get("gptq/4/64_from_float32").group_size
        64
    """

    _kind = "gptq"


@public("dtype_policies.AWQDTypePolicy")
class AWQDTypePolicy(_CalibratedDTypePolicy, modes=("awq/",)):
    """The policy of a layer whose weight was quantised by AWQ; its name is `awq/4/<group_size>_from_<source_name>`.

    Args:
        mode: "awq/4/<group_size>"; a group size of -1 means one group.
        source_name: as in QuantizedDTypePolicy.
    Raises ValueError if `mode` does not look so.
    Example:
        >>> dtype_policies.get("awq/4/64_from_float32").weight_bits
        4
    """

    _kind = "awq"
