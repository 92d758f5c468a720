"""The names of NumPy that `lamina.ops` uses, over torch.

Arguments are NumPy's; dtypes may be NumPy's or torch's. Operands may be tensors, arrays and Python numbers, which stay
weak as they are in torch.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from ._creation import eye, full, full_like, ones, ones_like, tri, zeros, zeros_like  # noqa: F401
from ._dtypes import UNSIGNED, torch_dtype
from ._picking import argsort, sort, take, take_along_axis  # noqa: F401
from ._products import einsum, fft, linalg, matmul, tensordot  # noqa: F401
from ._shapes import (  # noqa: F401
    axes_of,
    broadcast_to,
    concatenate,
    expand_dims,
    flip,
    moveaxis,
    pad,
    ravel,
    repeat,
    reshape,
    roll,
    squeeze,
    stack,
    swapaxes,
    tile,
    transpose,
)  # fmt: skip
from ._tensors import as_tensor, in_int64, tensor

pi, e, inf, nan, newaxis = math.pi, math.e, math.inf, math.nan, None


def _one(function: Callable[..., Any], floating: bool = False) -> Callable[..., Any]:
    """An elementwise function of one tensor; `floating` ones turn integers into the default float type."""

    def apply(x: Any) -> Any:
        x = tensor(x)
        if not floating and x.dtype is torch.bool and function in _NOT_ON_BOOL:
            return function(x.to(torch.int64)).to(x.dtype)
        return in_int64(function, x)

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
        return in_int64(function, a, b)

    return apply


def _like(value: Any, x: Any) -> torch.Tensor:
    """A Python number as a tensor in the dtype it would take beside `x`."""
    if not isinstance(x, torch.Tensor):
        return tensor(value)
    dtype = torch.result_type(x, value) if x.dtype not in UNSIGNED else x.dtype
    return torch.full((), value, dtype=dtype, device=x.device)


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
    return _without_nan(_maximum, a, b)


def fmin(a: Any, b: Any) -> torch.Tensor:
    return _without_nan(minimum, a, b)


def _without_nan(pair: Callable[..., Any], a: Any, b: Any) -> torch.Tensor:
    a, b = torch.broadcast_tensors(tensor(a), tensor(b))
    found = pair(a, b)
    if not found.is_floating_point():
        return found
    return torch.where(torch.isnan(a), b, torch.where(torch.isnan(b), a, found))


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


def sum(x: Any, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> torch.Tensor:
    x = tensor(x)
    dtype = None if dtype is None else torch_dtype(dtype)
    axes = axes_of(axis, x.ndim)
    if x.dtype in UNSIGNED:
        return torch.sum(x.to(torch.int64), axes, keepdim=keepdims).to(dtype or x.dtype)
    return x.to(dtype or x.dtype) if not axes else torch.sum(x, axes, keepdim=keepdims, dtype=dtype)


def mean(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    x = tensor(x)
    axes = axes_of(axis, x.ndim)
    x = x if x.is_floating_point() or x.is_complex() else x.to(torch.float32)
    return torch.mean(x, axes, keepdim=keepdims) if axes else x


def var(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    x = tensor(x)
    return torch.var(x, axes_of(axis, x.ndim), correction=0, keepdim=keepdims)


def std(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    return torch.sqrt(var(x, axis, keepdims))


def _extreme(function: Callable[..., Any], pair: Callable[..., Any]) -> Callable[..., Any]:
    def apply(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> torch.Tensor:
        x = tensor(x)
        kind = x.dtype
        if kind in UNSIGNED:
            x = x.to(torch.int64)
        axes = axes_of(axis, x.ndim)
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
        axes = axes_of(axis, x.ndim)
        return function(x, axes, keepdim=keepdims) if axes else x.to(torch.bool)

    return apply


all, any = _truth(torch.all), _truth(torch.any)


def prod(x: Any, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> torch.Tensor:
    x = tensor(x)
    x = x if dtype is None else x.to(torch_dtype(dtype))
    kind = x.dtype
    if kind in UNSIGNED:
        x = x.to(torch.int64)
    for a in sorted(axes_of(axis, x.ndim), reverse=True):
        x = torch.prod(x, a, keepdim=keepdims)
    return x.to(kind)


def _place(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
        x = tensor(x)
        if axis is None and keepdims:
            return function(x).reshape((1,) * x.ndim)
        if axis is not None:
            axes_of(axis, x.ndim)
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
