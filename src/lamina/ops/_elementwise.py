"""Functions of one tensor, element by element.

The plain ones differ only in the function of the array namespace, the treatment of dtypes and the formula: they are
made from the table below by four factories.
"""

import math
from collections.abc import Callable
from typing import Any

from lamina._typing import DType, Tensor, TensorLike, Unary
from lamina.engines import engine

from ._backend import kernels, xp
from ._convert import floating, imaginary_unit, limits, promote, scalar, tensor, to
from ._dtypes import dtype_name, is_float_dtype, numpy_dtype, result_type, standardize_dtype
from ._op import elementwise_spec, op
from ._symbolic import KerasTensor


def _make(
    name: str,
    body: Callable[..., Any],
    formula: str,
    returns: str,
    families: tuple[Any, ...],
    aliases: tuple[Any, ...] = (),
) -> Callable[..., Any]:
    def function(x: TensorLike) -> Tensor:
        return body(x)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"{formula}, element by element.\n\nArgs:\n    x: `(...)`, real.\n\nReturns: `(...)`, {returns}.\n"
    )
    return op(*families, aliases=aliases)(function)


def _float(
    name: str,
    formula: str,
    aliases: tuple[Any, ...] = (),
    body: Callable[..., Any] | None = None,
    family: str = "numpy",
) -> Callable[..., Any]:
    """Computes in floating point: integers become the default float type."""
    body = body or (lambda x: getattr(xp, name)(floating(x)))
    return _make(
        name, body, formula, "floating: the dtype of `x`, the default float type for integers", (family,), aliases
    )


def _same(
    name: str, formula: str, aliases: tuple[Any, ...] = (), body: Callable[..., Any] | None = None
) -> Callable[..., Any]:
    """Keeps the dtype."""
    return _make(name, body or (lambda x: getattr(xp, name)(tensor(x))), formula, "dtype of `x`", ("numpy",), aliases)


def _test(name: str, formula: str, body: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """Asks a question: gives booleans."""
    return _make(name, body or (lambda x: getattr(xp, name)(tensor(x))), formula, "bool", ("numpy",))


exp: Unary = _float("exp", "eˣ")
exp2: Unary = _float("exp2", "2ˣ")
expm1: Unary = _float("expm1", "eˣ - 1, exact near zero")
log: Unary = _float("log", "Natural logarithm")
log1p: Unary = _float("log1p", "ln(1 + x), exact near zero")
log2: Unary = _float("log2", "Logarithm to base 2")
log10: Unary = _float("log10", "Logarithm to base 10")
sqrt: Unary = _float("sqrt", "√x")
cbrt: Unary = _float("cbrt", "Cube root")
sin: Unary = _float("sin", "Sine")
cos: Unary = _float("cos", "Cosine")
tan: Unary = _float("tan", "Tangent")
arcsin: Unary = _float("arcsin", "Inverse sine, in [-π/2, π/2]")
arccos: Unary = _float("arccos", "Inverse cosine, in [0, π]")
arctan: Unary = _float("arctan", "Inverse tangent, in [-π/2, π/2]")
sinh: Unary = _float("sinh", "Hyperbolic sine")
cosh: Unary = _float("cosh", "Hyperbolic cosine")
tanh: Unary = _float("tanh", "Hyperbolic tangent")
arcsinh: Unary = _float("arcsinh", "Inverse hyperbolic sine")
arccosh: Unary = _float("arccosh", "Inverse hyperbolic cosine")
arctanh: Unary = _float("arctanh", "Inverse hyperbolic tangent")
deg2rad: Unary = _float("deg2rad", "π/180 · x", body=lambda x: floating(x) * (math.pi / 180))
rad2deg: Unary = _float("rad2deg", "180/π · x", body=lambda x: floating(x) * (180 / math.pi))
reciprocal: Unary = _float("reciprocal", "1 / x", body=lambda x: 1 / floating(x))
fabs: Unary = _float("fabs", "|x| as a float", body=lambda x: xp.abs(floating(x)))
ceil: Unary = _float("ceil", "The smallest integer that is not below x")
floor: Unary = _float("floor", "The largest integer that is not above x")
rsqrt: Unary = _float("rsqrt", "1 / √x", body=lambda x: 1 / xp.sqrt(floating(x)), family="math")
erf: Unary = _float(
    "erf", "Error function, 2/√π ∫₀ˣ e^(-t²) dt", body=lambda x: kernels.erf(floating(x)), family="math"
)
erfc: Unary = _float("erfc", "1 - erf(x)", body=lambda x: 1 - kernels.erf(floating(x)), family="math")
erfinv: Unary = _float(
    "erfinv", "Inverse of the error function", body=lambda x: kernels.erfinv(floating(x)), family="math"
)
i0: Unary = _float("i0", "Modified Bessel function of the first kind, order 0", body=lambda x: _i0(floating(x)))
sinc: Unary = _float("sinc", "sin(πx) / (πx), 1 at zero", body=lambda x: _sinc(floating(x)))

absolute: Unary = _same("absolute", "|x|", aliases=("abs",), body=lambda x: _unless_bool(tensor(x), xp.abs))
abs: Unary = absolute
conjugate: Unary = _same("conjugate", "Complex conjugate", aliases=("conj",), body=lambda x: xp.conj(tensor(x)))
conj: Unary = conjugate
negative: Unary = _same("negative", "-x")
sign: Unary = _same("sign", "-1, 0 or 1 with the sign of x", body=lambda x: _unless_bool(tensor(x), xp.sign))
trunc: Unary = _same("trunc", "x without its fraction", body=lambda x: _floats_only(tensor(x), xp.trunc))
copy: Unary = _same("copy", "A copy of x", body=lambda x: engine.tensor(xp.copy(tensor(x))))
square: Unary = _same("square", "x²", body=lambda x: xp.square(_number(x)))

isfinite: Unary = _test("isfinite", "Whether x is neither infinite nor NaN")
isinf: Unary = _test("isinf", "Whether x is infinite")
isnan: Unary = _test("isnan", "Whether x is not a number")
isposinf: Unary = _test("isposinf", "Whether x is +infinity", body=lambda x: _is_value(tensor(x), math.inf))
isneginf: Unary = _test("isneginf", "Whether x is -infinity", body=lambda x: _is_value(tensor(x), -math.inf))
signbit: Unary = _test("signbit", "Whether the sign bit is set (so also for -0.0)", body=lambda x: _signbit(tensor(x)))
isreal: Unary = _test("isreal", "Whether the imaginary part is zero", body=lambda x: _isreal(tensor(x)))
logical_not: Unary = _test("logical_not", "Not x", body=lambda x: xp.logical_not(to(tensor(x), "bool")))


def _number(x: Any) -> Any:
    x = tensor(x)
    return to(x, "int32") if dtype_name(x) == "bool" else x


def _unless_bool(x: Any, function: Callable[..., Any]) -> Any:
    return x if dtype_name(x) == "bool" else function(x)


def _floats_only(x: Any, function: Callable[..., Any]) -> Any:
    return function(x) if is_float_dtype(x.dtype) else x


def _is_value(x: Any, value: float) -> Any:
    return xp.equal(x, value) if is_float_dtype(x.dtype) else xp.zeros_like(x, dtype=numpy_dtype("bool"))


def _isreal(x: Any) -> Any:
    return xp.equal(xp.imag(x), 0) if "complex" in dtype_name(x) else xp.ones_like(x, dtype=numpy_dtype("bool"))


def _signbit(x: Any) -> Any:
    if not is_float_dtype(x.dtype):
        return xp.less(x, 0) if dtype_name(x) != "bool" else xp.zeros_like(x)
    return xp.signbit(x)


def _sinc(x: Any) -> Any:
    zero = xp.equal(x, 0)
    angle = xp.where(zero, xp.ones_like(x), x) * math.pi
    return xp.where(zero, xp.ones_like(x), xp.sin(angle) / angle)


# Chebyshev-like fits of I0 for |x| <= 3.75 and beyond, Abramowitz and Stegun 9.8.1, 9.8.2.
_I0_SMALL = (1.0, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.0360768, 0.0045813)
_I0_LARGE = (
    0.39894228,
    0.01328592,
    0.00225319,
    -0.00157565,
    0.00916281,
    -0.02057706,
    0.02635537,
    -0.01647633,
    0.00392377,
)


def _polynomial(t: Any, coefficients: tuple[Any, ...]) -> Any:
    total = coefficients[-1] * xp.ones_like(t)
    for c in coefficients[-2::-1]:
        total = total * t + c
    return total


def _i0(x: Any) -> Any:
    size = xp.abs(x)
    small = xp.minimum(size, 3.75)
    large = xp.maximum(size, 3.75)
    return xp.where(
        xp.less_equal(size, 3.75),
        _polynomial(xp.square(small / 3.75), _I0_SMALL),
        xp.exp(large) / xp.sqrt(large) * _polynomial(3.75 / large, _I0_LARGE),
    )


@op("numpy")
def round(x: TensorLike, decimals: int = 0) -> Tensor:
    """`x` rounded to `decimals` places, halves to the even neighbour.

    Args:
        x: `(...)`, real.
        decimals: int, may be negative.

    Returns: `(...)`, dtype of `x`.

    Example:
        >>> ops.round([1.25, 2.5], decimals=1)
        Tensor([1.2, 2.5], dtype=float32)
    """
    x = tensor(x)
    name = dtype_name(x)
    if is_float_dtype(name):
        return xp.round(x, decimals)
    if decimals >= 0 or name == "bool":
        return to(x, "int32") if name == "bool" else x
    return to(xp.round(to(x, "float64"), decimals), name)


@op("numpy", tensors="x")
def clip(x: TensorLike, x_min: TensorLike, x_max: TensorLike) -> Tensor:
    """`min(max(x, x_min), x_max)`, element by element.

    Args:
        x: `(...)`, real.
        x_min, x_max: numbers or tensors that broadcast with `x`, or None for no bound.

    Returns: `(...)`, the promoted dtype.

    Example:
        >>> ops.clip([-1.0, 0.5, 2.0], 0.0, 1.0)
        Tensor([0. , 0.5, 1. ], dtype=float32)
    """
    x = tensor(x)
    bounds = [b for b in (x_min, x_max) if b is not None]
    dtype = result_type(
        *(
            type(v) if isinstance(v, (bool, int, float)) and not hasattr(v, "dtype") else dtype_name(tensor(v))
            for v in (x, *bounds)
        )
    )
    if dtype == "bool":
        dtype = "int32"
    x = to(x, dtype)
    if x_min is not None:
        x = xp.maximum(x, _bound(x_min, dtype))
    return x if x_max is None else xp.minimum(x, _bound(x_max, dtype))


def _bound(value: Any, dtype: str) -> Any:
    return scalar(value, dtype) if isinstance(value, (bool, int, float)) else to(tensor(value), dtype)


@op("numpy")
def nan_to_num(x: TensorLike, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Tensor:
    """`x` with NaN, +infinity and -infinity replaced.

    Args:
        x: `(...)`, real.
        nan, posinf, neginf: the replacements; the largest and smallest finite numbers by default.

    Returns: `(...)`, dtype of `x`.

    Example:
        >>> ops.nan_to_num([1.0, float("nan")])
        Tensor([1., 0.], dtype=float32)
    """
    x = tensor(x)
    if not is_float_dtype(x.dtype):
        return x
    low, high = limits(dtype_name(x))
    x = xp.where(xp.isnan(x), xp.full_like(x, nan), x)
    x = xp.where(xp.equal(x, math.inf), xp.full_like(x, high if posinf is None else posinf), x)
    return xp.where(xp.equal(x, -math.inf), xp.full_like(x, low if neginf is None else neginf), x)


@op("numpy")
def real(x: TensorLike) -> Tensor:
    """The real part.

    Args:
        x: `(...)`, real or complex.

    Returns: `(...)`, real: the dtype of `x`, or that of its parts.

    Example:
        >>> ops.real([1.0 + 2.0j])
        Tensor([1.], dtype=float32)
    """
    return xp.real(tensor(x))


@op("numpy")
def imag(x: TensorLike) -> Tensor:
    """The imaginary part, zero for real numbers.

    Args:
        x: `(...)`, real or complex.

    Returns: `(...)`, real.

    Example:
        >>> ops.imag([1.0 + 2.0j])
        Tensor([2.], dtype=float32)
    """
    x = tensor(x)
    return xp.imag(x) if "complex" in dtype_name(x) else xp.zeros_like(x)


@op("numpy")
def angle(x: TensorLike) -> Tensor:
    """The argument of complex numbers, in (-π, π]; 0 or π for real ones.

    Args:
        x: `(...)`, real or complex.

    Returns: `(...)`, floating.
    """
    x = tensor(x)
    if "complex" not in dtype_name(x):
        x = floating(x)
        return xp.where(xp.less(x, 0), xp.full_like(x, math.pi), xp.where(xp.isnan(x), x, xp.zeros_like(x)))
    return xp.arctan2(xp.imag(x), xp.real(x))


@op("math")
def view_as_complex(x: TensorLike) -> Tensor:
    """Pairs on the last axis, `(real, imaginary)`, as complex numbers.

    Args:
        x: `(..., 2)`, floating.

    Returns: `(...)`, complex64 (complex128 for float64).
    """
    x = floating(x)
    if not x.shape or x.shape[-1] != 2:
        raise ValueError(f"view_as_complex: the last axis must have size 2; got shape {tuple(x.shape)}.")
    x = to(x, result_type(dtype_name(x), "float32"))
    return x[..., 0] + x[..., 1] * imaginary_unit(x)


@op("math")
def view_as_real(x: TensorLike) -> Tensor:
    """Complex numbers as pairs `(real, imaginary)` on a new last axis.

    Args:
        x: `(...)`, complex.

    Returns: `(..., 2)`, float32 or float64.
    """
    x = tensor(x)
    return xp.stack([xp.real(x), xp.imag(x)], axis=-1)


def _view_spec(call: Any, x: KerasTensor, dtype: DType = None) -> KerasTensor:
    name = x.dtype if dtype is None else standardize_dtype(dtype)
    old, new = numpy_dtype(x.dtype).itemsize, numpy_dtype(name).itemsize
    last = x.shape[-1] if x.shape else None
    if last is not None and last * old % new:
        raise ValueError(f"view: {last} numbers of {old} bytes on the last axis of {x.shape} do not divide into {new}.")
    return KerasTensor(x.shape if old == new else (*x.shape[:-1], last and last * old // new), name)


@op("numpy", tensors="x", spec=_view_spec)
def view(x: TensorLike, dtype: DType = None) -> Tensor:
    """The bytes of `x` read as another dtype, without conversion.

    Args:
        x: `(..., n)`, any dtype.
        dtype: name of the dtype to read as; None keeps it.

    Returns: `(..., m)` with as many bytes.
    """
    x = tensor(x)
    return x if dtype is None else kernels.bitcast(x, numpy_dtype(standardize_dtype(dtype)))


@op("numpy", tensors="x1 x2", spec=elementwise_spec)
def heaviside(x1: TensorLike, x2: TensorLike) -> Tensor:
    """0 where `x1 < 0`, `x2` where it is 0, 1 above.

    Args:
        x1, x2: broadcastable, real.

    Returns: the broadcast shape, floating for ints.
    """
    a, b = promote(x1, x2, arrays=True, also=(float,))
    ones = xp.ones_like(a)
    return xp.where(xp.less(a, 0), ones * 0, xp.where(xp.equal(a, 0), b, ones))
