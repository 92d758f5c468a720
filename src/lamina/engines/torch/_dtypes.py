"""Between NumPy's dtypes, in which lamina speaks, and torch's."""

import warnings
from functools import cache
from typing import Any

import numpy as np
import torch

_NAMES = (
    "bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "bfloat16", "float16", "float32",
    "float64", "complex64", "complex128", "float8_e4m3fn", "float8_e5m2",
)  # fmt: skip
_TO_TORCH: dict[str, torch.dtype] = {name: getattr(torch, name) for name in _NAMES}
_TO_NAME: dict[torch.dtype, str] = {dtype: name for name, dtype in _TO_TORCH.items()}

# torch stores these but has next to no arithmetic on them: it is done on int64, and wraps around as NumPy's does.
UNSIGNED = frozenset((torch.uint16, torch.uint32, torch.uint64))
# Floats that the CPU's kernels compute in as they are.
WIDE = (torch.float32, torch.float64)


@cache
def torch_dtype(dtype: Any) -> torch.dtype:
    """The torch dtype of a NumPy dtype, a name, a Python type or a torch dtype."""
    if isinstance(dtype, torch.dtype):
        return dtype
    name = dtype if isinstance(dtype, str) else np.dtype(dtype).name
    if name not in _TO_TORCH:
        raise TypeError(f"The torch engine has no tensors of dtype {name!r}.")
    return _TO_TORCH[name]


@cache
def numpy_dtype(dtype: torch.dtype) -> np.dtype:
    """The NumPy dtype of a torch dtype; the 16-bit brain float and the 8-bit floats come from ml_dtypes."""
    name = _TO_NAME[dtype]
    if name in ("bfloat16", "float8_e4m3fn", "float8_e5m2"):
        import ml_dtypes

        return np.dtype(getattr(ml_dtypes, name))
    return np.dtype(name)


# A dtype that NumPy does not have travels as the integers of its size.
_BITS = {torch.bfloat16: (torch.int16, np.int16), torch.float8_e4m3fn: (torch.uint8, np.uint8)}
_BITS[torch.float8_e5m2] = _BITS[torch.float8_e4m3fn]


_SMALL = 1 << 20  # bytes up to which arrays that cannot be written are copied


def from_numpy(array: np.ndarray, device: torch.device) -> torch.Tensor:
    """A tensor over the array's memory where torch can take it, else over a copy."""
    is_small_constant = not array.flags.writeable and array.nbytes < _SMALL
    if is_small_constant or any(s < 0 for s in array.strides) or not array.dtype.isnative:
        array = np.array(array, dtype=array.dtype.newbyteorder("="), order="C")
    wanted = torch_dtype(array.dtype)
    bits = _BITS.get(wanted)
    source = array if bits is None else array.view(bits[1])
    if array.flags.writeable:
        found = torch.from_numpy(source)
    else:
        with warnings.catch_warnings():  # torch fears writes, which lamina never does
            warnings.simplefilter("ignore", UserWarning)
            found = torch.from_numpy(source)
    found = found if bits is None else found.view(wanted)
    return found if device.type == "cpu" else found.to(device)


def to_numpy(x: torch.Tensor) -> np.ndarray:
    """The values; on the CPU without a copy."""
    x = x.detach().cpu().resolve_conj().resolve_neg()
    bits = _BITS.get(x.dtype)
    if bits is None:
        return x.numpy()
    return x.contiguous().view(bits[0]).numpy().view(numpy_dtype(x.dtype))
