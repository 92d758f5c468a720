"""The functions of NumPy that written programs call, on PyTorch."""

import math
from types import SimpleNamespace
from typing import Any

SAME = (
    "exp log log2 log10 log1p expm1 exp2 sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh sqrt square "
    "reciprocal negative sign floor ceil trunc isnan isinf isfinite signbit logical_not deg2rad rad2deg"
).split()
PAIRS = (
    "power fmod remainder copysign hypot arctan2 logaddexp logaddexp2 floor_divide fmax fmin gcd lcm heaviside".split()
)
PAIRS += "maximum minimum logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor".split()
OTHERWISE = {"power": "pow", "invert": "bitwise_not", "absolute": "abs", "rint": "round"}
SHIFTS = {"left_shift": "bitwise_left_shift", "right_shift": "bitwise_right_shift"}


class DType:
    """A dtype that is also called on a number, as NumPy's are."""

    def __init__(self, torch: Any, name: str):
        self.torch, self.of = torch, getattr(torch, name)

    def __call__(self, value: Any) -> Any:
        return self.torch.as_tensor(value, dtype=self.of)


def torch_numpy(torch: Any) -> Any:
    """What stands for `np`."""

    def both(name: str) -> Any:
        function = getattr(torch, OTHERWISE.get(name, SHIFTS.get(name, name)))

        def call(a: Any, b: Any) -> Any:
            like = a if isinstance(a, torch.Tensor) else b
            return function(
                *(x if isinstance(x, torch.Tensor) else torch.as_tensor(x, dtype=like.dtype) for x in (a, b))
            )

        return call

    np = SimpleNamespace(inf=math.inf, nan=math.nan, newaxis=None)
    for name in SAME:
        setattr(np, name, getattr(torch, OTHERWISE.get(name, name)))
    for name in ("invert", "absolute", "rint"):
        setattr(np, name, getattr(torch, OTHERWISE[name]))
    for name in [*PAIRS, *SHIFTS]:
        setattr(np, name, both(name))
    for name in "float16 float32 float64 int8 int16 int32 int64 uint8 bool".split():
        setattr(np, name, DType(torch, name))
    _add_shapes(np, torch)
    _add_reductions(np, torch)
    return np


def _add_shapes(np: Any, torch: Any) -> None:
    def pad(x: Any, widths: Any) -> Any:
        flat = [n for pair in reversed(widths) for n in pair]
        return torch.nn.functional.pad(x, flat)

    def take(x: Any, indices: Any, axis: int) -> Any:
        place = torch.as_tensor(indices).long()
        return x[(*(slice(None),) * axis, torch.where(place < 0, place + x.shape[axis], place))]

    def along(x: Any, indices: Any, axis: int) -> Any:
        return torch.gather(x, axis, indices.long())

    np.reshape, np.broadcast_to, np.matmul = torch.reshape, torch.broadcast_to, torch.matmul
    np.transpose = lambda x, axes: x.permute(axes)
    np.pad, np.take, np.take_along_axis = pad, take, along
    np.concatenate = lambda parts, axis: torch.cat(list(parts), dim=axis)
    np.where = torch.where
    np.clip = torch.clamp
    np.einsum = lambda subscripts, *arrays, optimize=True: torch.einsum(subscripts, *arrays)
    np.full = lambda shape, value, dtype: torch.full(shape, value, dtype=dtype.of)
    np.array = lambda values, dtype: torch.tensor(values, dtype=dtype.of)
    np.arange = torch.arange
    np.tri = lambda rows, columns, dtype: torch.tril(torch.ones(rows, columns, dtype=dtype.of))
    np.astype = lambda x, dtype: x.to(dtype.of)
    np.argsort = lambda x, axis, kind: torch.argsort(x, dim=axis, stable=True)
    np.searchsorted = lambda a, v, side="left": torch.searchsorted(a, v.contiguous(), side=side)


def _add_reductions(np: Any, torch: Any) -> None:
    def several(function: Any) -> Any:
        """A reduction over one axis, over several."""

        def call(x: Any, axis: Any, keepdims: bool, dtype: Any = None) -> Any:
            for a in sorted(axis, reverse=True):
                x = function(x, dim=a, keepdim=keepdims, **({} if dtype is None else {"dtype": dtype}))
            return x

        return call

    for name in ("prod", "any", "all"):
        setattr(np, name, several(getattr(torch, name)))
    np.sum = several(torch.sum)
    np.max = lambda x, axis, keepdims: torch.amax(x, axis, keepdims) if axis else x
    np.min = lambda x, axis, keepdims: torch.amin(x, axis, keepdims) if axis else x
    np.argmax = lambda x, axis: torch.argmax(x, dim=axis)
    np.argmin = lambda x, axis: torch.argmin(x, dim=axis)
    np.cumsum = lambda x, axis, dtype: torch.cumsum(x, axis, dtype=dtype)
    np.cumprod = lambda x, axis, dtype: torch.cumprod(x, axis, dtype=dtype)
