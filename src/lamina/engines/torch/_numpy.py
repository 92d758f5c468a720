"""The names of NumPy that `lamina.ops` uses, over torch.

Arguments are NumPy's; dtypes may be NumPy's or torch's. Operands may be tensors, arrays and Python numbers, which stay
weak as they are in torch.
"""

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from ._dtypes import UNSIGNED, torch_dtype
from ._tensors import DEVICE, as_tensor, is_traced, numpy, tensor

pi, e, inf, nan, newaxis = math.pi, math.e, math.inf, math.nan, None


def _one(function: Callable[..., Any], floating: bool = False) -> Callable[..., Any]:
    """An elementwise function of one tensor; `floating` ones turn integers into the default float type."""

    def apply(x: Any) -> Any:
        x = tensor(x)
        if x.dtype in UNSIGNED or (not floating and x.dtype is torch.bool and function in _NOT_ON_BOOL):
            return function(x.to(torch.int64)).to(x.dtype)
        return function(x)

    return apply


def _two(function: Callable[..., Any], scalars: bool = True) -> Callable[..., Any]:
    """An elementwise function of two operands; without `scalars` torch's takes no Python numbers."""

    def apply(a: Any, b: Any) -> Any:
        if not isinstance(a, torch.Tensor):
            a = as_tensor(a)
        if not isinstance(b, torch.Tensor):
            b = as_tensor(b)
        is_a, is_b = isinstance(a, torch.Tensor), isinstance(b, torch.Tensor)
        if not is_a and (not scalars or not is_b):
            a = _like(a, b)
            is_a = True
        if not is_b and not scalars:
            b = _like(b, a)
        elif is_b and not is_a:
            a = _like(a, b)
        kind = a.dtype if isinstance(a, torch.Tensor) else b.dtype
        if kind in UNSIGNED or (isinstance(b, torch.Tensor) and b.dtype in UNSIGNED):
            return _on_int64(function, a, b)
        return function(a, b)

    return apply


def _like(value: Any, x: Any) -> torch.Tensor:
    """A Python number as a tensor in the dtype it would take beside `x`."""
    if not isinstance(x, torch.Tensor):
        return tensor(value)
    dtype = torch.result_type(x, value) if x.dtype not in UNSIGNED else x.dtype
    return torch.full((), value, dtype=dtype, device=x.device)


def _on_int64(function: Callable[..., Any], a: Any, b: Any) -> Any:
    kinds = [v.dtype for v in (a, b) if isinstance(v, torch.Tensor)]
    wide = [v.to(torch.int64) if isinstance(v, torch.Tensor) and v.dtype in UNSIGNED else v for v in (a, b)]
    found = function(*wide)
    return found if found.dtype is not torch.int64 else found.to(kinds[0] if kinds[0] in UNSIGNED else kinds[-1])


_NOT_ON_BOOL = frozenset((torch.abs, torch.sign, torch.square))

for _name in (
    "exp", "exp2", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh",
    "isfinite", "isinf", "isnan", "logical_not",
):  # fmt: skip
    globals()[_name] = _one(getattr(torch, _name), floating=True)
for _name, _other in {
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh",
}.items():  # fmt: skip
    globals()[_name] = _one(getattr(torch, _other), floating=True)
for _name in ("abs", "sign", "square", "negative", "ceil", "floor", "trunc", "signbit"):
    globals()[_name] = _one(getattr(torch, _name))
for _name, _other in {
    "add": "add", "subtract": "sub", "multiply": "mul", "true_divide": "true_divide", "divide": "true_divide",
    "floor_divide": "floor_divide", "mod": "remainder", "equal": "eq", "not_equal": "ne", "less": "lt",
    "less_equal": "le", "greater": "gt", "greater_equal": "ge", "bitwise_and": "bitwise_and", "bitwise_or": "bitwise_or",
    "bitwise_xor": "bitwise_xor",
}.items():  # fmt: skip
    globals()[_name] = _two(getattr(torch, _other))
for _name, _other in {
    "power": "pow", "logaddexp": "logaddexp", "arctan2": "atan2", "logical_and": "logical_and",
    "logical_or": "logical_or", "logical_xor": "logical_xor", "hypot": "hypot", "gcd": "gcd", "lcm": "lcm",
    "left_shift": "bitwise_left_shift", "right_shift": "bitwise_right_shift", "nextafter": "nextafter",
    "ldexp": "ldexp", "copysign": "copysign", "fmod": "fmod", "logaddexp2": "logaddexp2",
}.items():  # fmt: skip
    globals()[_name] = _two(getattr(torch, _other), scalars=False)
remainder = globals()["mod"]
absolute = globals()["abs"]
conj = conjugate = _one(torch.conj_physical)
left_shift, right_shift = globals()["left_shift"], globals()["right_shift"]
bitwise_left_shift, bitwise_right_shift = left_shift, right_shift
_equal, _where = globals()["equal"], torch.where


def _extreme_of_two(function: Callable[..., Any], bound: str) -> Callable[..., Any]:
    pairwise = _two(function, scalars=False)

    def apply(a: Any, b: Any) -> Any:
        if isinstance(a, torch.Tensor) and type(b) in (int, float) and a.is_floating_point() and not a.requires_grad:
            return torch.clamp(a, **{bound: b})  # without gradients ties do not matter
        return pairwise(a, b)

    return apply


_maximum = _extreme_of_two(torch.maximum, "min")
minimum = _extreme_of_two(torch.minimum, "max")


def maximum(a: Any, b: Any) -> Any:
    """The larger of two; half the gradient each where they are equal, none at max(x, 0) = 0."""
    if type(b) in (int, float) and b == 0 and isinstance(a, torch.Tensor) and a.dtype not in UNSIGNED:
        return torch.relu(a)
    return _maximum(a, b)


def fmax(a: Any, b: Any) -> torch.Tensor:
    a, b = torch.broadcast_tensors(tensor(a), tensor(b))
    return torch.where(torch.isnan(a), b, torch.where(torch.isnan(b), a, torch.maximum(a, b)))


def fmin(a: Any, b: Any) -> torch.Tensor:
    a, b = torch.broadcast_tensors(tensor(a), tensor(b))
    return torch.where(torch.isnan(a), b, torch.where(torch.isnan(b), a, torch.minimum(a, b)))


def invert(x: Any) -> Any:
    return _one(torch.bitwise_not)(x)


bitwise_not = invert


def cbrt(x: Any) -> torch.Tensor:
    x = tensor(x)
    return torch.sign(x) * torch.pow(torch.abs(x), 1 / 3)


def round(x: Any, decimals: int = 0) -> torch.Tensor:
    return torch.round(tensor(x), decimals=decimals)


def clip(x: Any, low: Any = None, high: Any = None) -> torch.Tensor:
    return torch.clamp(tensor(x), as_tensor(low), as_tensor(high))


def real(x: Any) -> torch.Tensor:
    x = tensor(x)
    return torch.real(x) if x.is_complex() else x


def imag(x: Any) -> torch.Tensor:
    x = tensor(x)
    return torch.imag(x) if x.is_complex() else torch.zeros_like(x)


def copy(x: Any) -> torch.Tensor:
    return tensor(x).clone()


def where(condition: Any, a: Any, b: Any) -> torch.Tensor:
    condition, a, b = as_tensor(condition), as_tensor(a), as_tensor(b)
    if not isinstance(condition, torch.Tensor):
        condition = tensor(np.asarray(condition))
    return torch.where(condition if condition.dtype is torch.bool else condition != 0, a, b)


# --- reductions -------------------------------------------------------------------------------------------------------


def _axes(axis: Any, rank: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(rank))
    axes = (axis,) if isinstance(axis, (int, np.integer)) else tuple(axis)
    for a in axes:
        if not -rank <= a < rank:
            raise np.exceptions.AxisError(int(a), rank)
    return tuple(int(a) % rank for a in axes)


def sum(x: Any, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> torch.Tensor:
    x = tensor(x)
    dtype = None if dtype is None else torch_dtype(dtype)
    axes = _axes(axis, x.ndim)
    if x.dtype in UNSIGNED:
        return torch.sum(x.to(torch.int64), axes, keepdim=keepdims).to(dtype or x.dtype)
    return x.to(dtype or x.dtype) if not axes else torch.sum(x, axes, keepdim=keepdims, dtype=dtype)


def mean(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    x = tensor(x)
    axes = _axes(axis, x.ndim)
    x = x if x.is_floating_point() or x.is_complex() else x.to(torch.float32)
    return torch.mean(x, axes, keepdim=keepdims) if axes else x


def var(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    x = tensor(x)
    return torch.var(x, _axes(axis, x.ndim), correction=0, keepdim=keepdims)


def std(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    return torch.sqrt(var(x, axis, keepdims))


def _extreme(function: Callable[..., Any], pair: Callable[..., Any]) -> Callable[..., Any]:
    def apply(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> torch.Tensor:
        x = tensor(x)
        kind = x.dtype
        if kind in UNSIGNED:
            x = x.to(torch.int64)
        axes = _axes(axis, x.ndim)
        if initial is not None and 0 in x.shape:
            kept = [1 if i in axes else n for i, n in enumerate(x.shape)]
            found = torch.full(kept, initial, dtype=x.dtype, device=x.device)
            return found if keepdims else found.squeeze(axes)
        found = function(x, axes, keepdim=keepdims) if axes else x
        return (found if initial is None else pair(found, initial)).to(kind)

    return apply


max = amax = _extreme(torch.amax, _maximum)
min = amin = _extreme(torch.amin, minimum)


def _truth(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
        x = tensor(x)
        axes = _axes(axis, x.ndim)
        return function(x, axes, keepdim=keepdims) if axes else x.to(torch.bool)

    return apply


all, any = _truth(torch.all), _truth(torch.any)


def prod(x: Any, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> torch.Tensor:
    x = tensor(x)
    x = x if dtype is None else x.to(torch_dtype(dtype))
    kind = x.dtype
    if kind in UNSIGNED:
        x = x.to(torch.int64)
    for a in sorted(_axes(axis, x.ndim), reverse=True):
        x = torch.prod(x, a, keepdim=keepdims)
    return x.to(kind)


def _place(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
        x = tensor(x)
        if axis is None and keepdims:
            return function(x).reshape((1,) * x.ndim)
        if axis is not None:
            _axes(axis, x.ndim)
        return function(x.to(torch.int64) if x.dtype in UNSIGNED else x, axis, keepdim=keepdims)

    return apply


argmax, argmin = _place(torch.argmax), _place(torch.argmin)


def _running(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(x: Any, axis: Any = None, dtype: Any = None) -> torch.Tensor:
        x = tensor(x)
        kind = x.dtype if dtype is None else torch_dtype(dtype)
        if axis is None:
            x, axis = x.reshape(-1), 0
        if kind in UNSIGNED:
            return function(x.to(torch.int64), axis).to(kind)
        return function(x, axis, dtype=kind)

    return apply


cumsum, cumprod = _running(torch.cumsum), _running(torch.cumprod)


# --- shapes -----------------------------------------------------------------------------------------------------------


def reshape(x: Any, shape: Any) -> torch.Tensor:
    x = tensor(x)
    return x.reshape((shape,) if isinstance(shape, (int, np.integer)) else tuple(int(n) for n in shape))


def ravel(x: Any) -> torch.Tensor:
    return tensor(x).reshape(-1)


def transpose(x: Any, axes: Any = None) -> torch.Tensor:
    x = tensor(x)
    return x.permute(tuple(reversed(range(x.ndim))) if axes is None else tuple(int(a) for a in axes))


def swapaxes(x: Any, a: int, b: int) -> torch.Tensor:
    return torch.swapaxes(tensor(x), a, b)


def moveaxis(x: Any, source: Any, destination: Any) -> torch.Tensor:
    return torch.movedim(tensor(x), source, destination)


def expand_dims(x: Any, axis: Any) -> torch.Tensor:
    x = tensor(x)
    if isinstance(axis, (int, np.integer)):
        if not -x.ndim - 1 <= axis <= x.ndim:
            raise np.exceptions.AxisError(int(axis), x.ndim + 1)
        return x.unsqueeze(int(axis))
    rank = x.ndim + len(axis)
    for a in sorted(a % rank for a in axis):
        x = x.unsqueeze(a)
    return x


def squeeze(x: Any, axis: Any = None) -> torch.Tensor:
    x = tensor(x)
    if axis is None:
        return x.squeeze()
    axes = _axes(axis, x.ndim)
    if [x.shape[a] for a in axes if x.shape[a] != 1]:
        raise ValueError(f"squeeze: axes {axis} of shape {tuple(x.shape)} do not all have size 1.")
    return x.squeeze(axes)


def broadcast_to(x: Any, shape: Any) -> torch.Tensor:
    return torch.broadcast_to(tensor(x), (shape,) if isinstance(shape, int) else tuple(int(n) for n in shape))


def concatenate(parts: Any, axis: int | None = 0) -> torch.Tensor:
    parts = [tensor(p) for p in parts]
    if axis is None:
        parts, axis = [p.reshape(-1) for p in parts], 0
    _axes(axis, parts[0].ndim)
    return torch.cat(parts, axis)


def stack(parts: Any, axis: int = 0) -> torch.Tensor:
    return torch.stack([tensor(p) for p in parts], axis)


def flip(x: Any, axis: Any = None) -> torch.Tensor:
    x = tensor(x)
    return torch.flip(x, _axes(axis, x.ndim))


def roll(x: Any, shift: Any, axis: Any = None) -> torch.Tensor:
    x = tensor(x)
    if isinstance(axis, (tuple, list)) and isinstance(shift, (int, np.integer)):
        shift = (int(shift),) * len(axis)
    elif isinstance(shift, (tuple, list)) and isinstance(axis, (int, np.integer)):
        axis = (axis,) * len(shift)
    return torch.roll(x, shift, axis)


def repeat(x: Any, repeats: Any, axis: int | None = None) -> torch.Tensor:
    x = tensor(x)
    if axis is None:
        x, axis = x.reshape(-1), 0
    if isinstance(repeats, (int, np.integer)):
        return torch.repeat_interleave(x, int(repeats), axis)
    places = np.repeat(np.arange(x.shape[axis]), np.asarray(repeats))
    return torch.index_select(x, axis, tensor(places))


def tile(x: Any, repeats: Any) -> torch.Tensor:
    return torch.tile(tensor(x), (int(repeats),) if isinstance(repeats, (int, np.integer)) else tuple(repeats))


def pad(x: Any, widths: Any, mode: str = "constant", constant_values: Any = 0) -> torch.Tensor:
    x = tensor(x)
    if mode != "constant":
        return tensor(np.pad(numpy(x), widths, mode=mode))
    if not isinstance(constant_values, (int, float, bool)):
        inside = F.pad(torch.ones_like(x, dtype=torch.bool), _flat_widths(widths))
        return torch.where(inside, F.pad(x, _flat_widths(widths)), tensor(constant_values).to(x.dtype))
    if x.dtype in UNSIGNED:
        return F.pad(x.to(torch.int64), _flat_widths(widths), value=constant_values).to(x.dtype)
    return F.pad(x, _flat_widths(widths), value=constant_values)


def _flat_widths(widths: Any) -> list[int]:
    return [int(n) for pair in reversed(tuple(widths)) for n in pair]


# --- creation ---------------------------------------------------------------------------------------------------------


def _size(shape: Any) -> tuple[int, ...]:
    return (int(shape),) if isinstance(shape, (int, np.integer)) else tuple(int(n) for n in shape)


def zeros(shape: Any, dtype: Any = "float32") -> torch.Tensor:
    return torch.zeros(_size(shape), dtype=torch_dtype(dtype), device=DEVICE)


def ones(shape: Any, dtype: Any = "float32") -> torch.Tensor:
    return torch.ones(_size(shape), dtype=torch_dtype(dtype), device=DEVICE)


def full(shape: Any, value: Any, dtype: Any = None) -> torch.Tensor:
    if isinstance(value, torch.Tensor):
        return torch.broadcast_to(value.to(torch_dtype(dtype or value.dtype)), _size(shape))
    return torch.full(_size(shape), value, dtype=None if dtype is None else torch_dtype(dtype), device=DEVICE)


def zeros_like(x: Any, dtype: Any = None) -> torch.Tensor:
    return torch.zeros_like(tensor(x), dtype=None if dtype is None else torch_dtype(dtype))


def ones_like(x: Any, dtype: Any = None) -> torch.Tensor:
    return torch.ones_like(tensor(x), dtype=None if dtype is None else torch_dtype(dtype))


def full_like(x: Any, value: Any, dtype: Any = None) -> torch.Tensor:
    x = tensor(x)
    dtype = x.dtype if dtype is None else torch_dtype(dtype)
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return torch.broadcast_to(tensor(value).to(dtype), x.shape)
    if dtype in UNSIGNED:
        return torch.full(x.shape, value, device=x.device).to(dtype)
    return torch.full_like(x, value, dtype=dtype)


def eye(rows: int, columns: int | None = None, k: int = 0, dtype: Any = "float32") -> torch.Tensor:
    return tensor(np.eye(rows, columns, k).astype("float64")).to(torch_dtype(dtype))


def tri(rows: int, columns: int | None = None, k: int = 0, dtype: Any = "float32") -> torch.Tensor:
    return tensor(np.tri(rows, columns, k)).to(torch_dtype(dtype))


# --- picking, ordering ------------------------------------------------------------------------------------------------


def _non_negative(places: torch.Tensor, size: int) -> torch.Tensor:
    places = places if places.dtype in (torch.int32, torch.int64) else places.to(torch.int64)
    return torch.where(places < 0, places + size, places)


def take(x: Any, indices: Any, axis: int | None = None) -> torch.Tensor:
    """Rows of an axis. Raises IndexError for places outside, where they have a value."""
    is_constant = isinstance(indices, (np.ndarray, int, np.integer))
    x, places = tensor(x), indices
    if axis is None:
        x, axis = x.reshape(-1), 0
    if not -x.ndim <= axis < x.ndim:
        raise IndexError(f"axis {axis} of a tensor with {x.ndim} axes")
    axis %= x.ndim
    size = x.shape[axis]
    if is_constant:
        found = np.asarray(indices)
        if found.size and not -size <= found.min() <= found.max() < size:
            raise IndexError(f"places from {found.min()} to {found.max()} on an axis of size {size}")
        places = tensor(np.where(found < 0, found + size, found))
    else:
        places = _non_negative(tensor(indices), size)
        if DEVICE.type == "cpu" and not is_traced(places) and places.numel():
            low, high = (int(v) for v in torch.aminmax(places))
            if low < 0 or high >= size:
                raise IndexError(f"places from {low} to {high} on an axis of size {size}")
    if axis == 0 and x.ndim == 2 and x.is_floating_point():
        return F.embedding(places, x)
    flat = torch.index_select(x, axis, places.reshape(-1))
    return flat.reshape((*x.shape[:axis], *places.shape, *x.shape[axis + 1 :]))


def take_along_axis(x: Any, indices: Any, axis: int | None = -1) -> torch.Tensor:
    """Raises IndexError for places outside, where they have a value."""
    x, places = tensor(x), tensor(indices)
    places = _non_negative(places, x.shape[axis] if axis is not None else x.numel()).to(torch.int64)
    try:
        return torch.take_along_dim(x, places, axis)
    except RuntimeError as error:
        if "out of bounds" in str(error):
            raise IndexError(str(error)) from None
        raise


def sort(x: Any, axis: int | None = -1) -> torch.Tensor:
    x = tensor(x)
    x, axis = (x.reshape(-1), 0) if axis is None else (x, axis)
    if x.dtype in UNSIGNED:
        return torch.sort(x.to(torch.int64), axis).values.to(x.dtype)
    return torch.sort(x, axis).values


def argsort(x: Any, axis: int = -1, stable: bool = True) -> torch.Tensor:
    x = tensor(x)
    return torch.argsort(x.to(torch.int64) if x.dtype in UNSIGNED else x, dim=axis, stable=True)


# --- products ---------------------------------------------------------------------------------------------------------


def matmul(a: Any, b: Any) -> torch.Tensor:
    return torch.matmul(tensor(a), tensor(b))


def tensordot(a: Any, b: Any, axes: Any = 2) -> torch.Tensor:
    a, b = tensor(a), tensor(b)
    if isinstance(axes, (int, np.integer)):
        return torch.tensordot(a, b, int(axes))
    first, second = (([int(v)] if isinstance(v, (int, np.integer)) else [int(i) for i in v]) for v in axes)
    return torch.tensordot(a, b, (first, second))


def einsum(subscripts: str, *operands: Any) -> torch.Tensor:
    return torch.einsum(subscripts, *(tensor(x) for x in operands))


def _raises_as_numpy(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except torch.linalg.LinAlgError as error:
            raise np.linalg.LinAlgError(str(error).partition(": ")[2] or str(error)) from None

    return apply


def _svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    if not compute_uv:
        return torch.linalg.svdvals(x)
    return tuple(torch.linalg.svd(x, full_matrices=full_matrices))


linalg = SimpleNamespace(
    cholesky=_raises_as_numpy(torch.linalg.cholesky),
    inv=_raises_as_numpy(torch.linalg.inv),
    solve=_raises_as_numpy(torch.linalg.solve),
    det=torch.linalg.det,
    slogdet=lambda x: tuple(torch.linalg.slogdet(x)),
    eig=lambda x: tuple(torch.linalg.eig(x)),
    eigh=lambda x: tuple(torch.linalg.eigh(x)),
    qr=lambda x, mode="reduced": tuple(torch.linalg.qr(x, mode=mode)),
    svd=_svd,
)
fft = SimpleNamespace(
    fft=torch.fft.fft, ifft=torch.fft.ifft, fft2=torch.fft.fft2, ifft2=torch.fft.ifft2, rfft=torch.fft.rfft,
    irfft=torch.fft.irfft,
)  # fmt: skip
