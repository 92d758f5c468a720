"""Exponential functions in float32, as a few multiplications and additions that run on vectors.

Accurate to 2 units in the last place over all numbers, subnormal ones, infinities and NaN included. In float64 the same
functions are those of the C library.

Sources: W. J. Cody and W. Waite, Software Manual for the Elementary Functions (1980), for the reductions. The polynomials are
Chebyshev interpolations over the reduced ranges, each named with what it approximates.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ._code import Value

FLOAT32, INT32 = np.dtype(np.float32), np.dtype(np.int32)

# (exp(r) - 1 - r) / r^2, |r| <= ln(2)/2
_EXP = (0.0001989933433, 0.001393368836, 0.008333298411, 0.04166646457, 0.1666666672, 0.5000000014)
# (log(1 + r) - r + r^2/2) / r^3, sqrt(1/2) <= 1 + r <= sqrt(2)
_LOG = (0.07149753889, -0.1157120073, 0.1166151107, -0.1241105068, 0.1424993653, -0.1666848024, 0.2000070748,
        -0.2499998905, 0.3333333119)  # fmt: skip
# (tanh(x)/x - 1) / x^2 in x^2, |x| <= 0.625
_TANH = (-0.006104948011, 0.02100364122, -0.05385249747, 0.1333278226, -0.333333291)
# erf(x)/x - 1 in x^2, |x| <= 1
_ERF = (7.882497107e-05, -0.0008018854991, 0.005189311942, -0.0268543288, 0.1128359746, -0.376126269, 0.128379166)
# (1 - erf(1/t)) exp(1/t^2), 1/4.1 <= t <= 1
_ERFC = (0.02724960435, -0.1605992758, 0.392524327, -0.4748507282, 0.1856446511, 0.2592991779, -0.3860959405,
         0.02278671366, 0.561489168, 0.0001358820755)  # fmt: skip
LN2_HIGH, LN2_LOW = 0.693359375, -2.12194440e-4


def polynomial(f: Any, x: Value, coefficients: Sequence[float]) -> Value:
    """Highest power first."""
    y = f.like(coefficients[0], x)
    for c in coefficients[1:]:
        y = f.multiply_add(y, x, f.like(c, x))
    return y


def _double(f: Any, name: str, x: Value) -> Value:
    """The C library's function."""
    f.declare(f"declare double @{name}(double)")
    return f.define(f"call double @{name}(double {x.text})", x.dtype)


def exp(f: Any, x: Value) -> Value:
    """exp(x) = 2^n exp(r) with |r| <= ln(2)/2."""
    if x.dtype != FLOAT32:
        return _double(f, "exp", x)
    inside = f.minimum(f.maximum(x, f.like(-104, x)), f.like(89, x))
    n = f.round("roundeven", f.multiply(inside, f.like(1.44269504088896341, x)))
    r = f.multiply_add(n, f.like(-LN2_HIGH, x), inside)
    r = f.multiply_add(n, f.like(-LN2_LOW, x), r)
    y = f.multiply_add(polynomial(f, r, _EXP), f.multiply(r, r), r)
    y = f.add(y, f.like(1, x))
    # 2^n in two halves, so that neither is beyond the range of exponents.
    whole = f.define(f"fptosi float {f.choose(f.is_nan(n), f.like(0, n), n).text} to i32", INT32)
    half = f.define(f"ashr i32 {whole.text}, 1", INT32)
    return f.multiply(f.multiply(y, _power_of_two(f, half)), _power_of_two(f, f.subtract(whole, half)))


def _power_of_two(f: Any, n: Value) -> Value:
    biased = f.add(n, f.like(127, n))
    return f.from_bits(f.define(f"shl i32 {biased.text}, 23", INT32))


def expm1(f: Any, x: Value) -> Value:
    """exp(x) - 1; near zero (u - 1) x / log(u), where the errors of u cancel (W. Kahan)."""
    if x.dtype != FLOAT32:
        return _double(f, "expm1", x)
    one = f.like(1, x)
    u = exp(f, x)
    less = f.subtract(u, one)
    near = f.divide(f.multiply(less, x), log(f, u))
    far = f.compare("greater", f.absolute(x), f.like(2, x))
    return f.choose(f.compare("equal", u, one), x, f.choose(far, less, near))


def log(f: Any, x: Value) -> Value:
    """log(x) = e ln(2) + log(m) with sqrt(1/2) <= m < sqrt(2)."""
    if x.dtype != FLOAT32:
        return _double(f, "log", x)
    one = f.like(1, x)
    small = f.compare("less", x, f.like(1.17549435e-38, x))
    normal = f.choose(small, f.multiply(x, f.like(2.0**23, x)), x)
    bits = f.bits(normal)
    # The exponent that leaves m in [sqrt(1/2), sqrt(2)): counted from the bits of sqrt(1/2).
    shifted = f.subtract(bits, f.like(0x3F3504F3, bits))
    e = f.define(f"ashr i32 {shifted.text}, 23", INT32)
    m = f.from_bits(f.subtract(bits, f.define(f"shl i32 {e.text}, 23", INT32)))
    e = f.subtract(f.cast(e, FLOAT32), f.choose(small, f.like(23, x), f.like(0, x)))
    r = f.subtract(m, one)
    z = f.multiply(r, r)
    y = f.multiply(f.multiply(polynomial(f, r, _LOG), r), z)
    y = f.multiply_add(e, f.like(LN2_LOW, x), y)
    y = f.multiply_add(z, f.like(-0.5, x), y)
    y = f.multiply_add(e, f.like(LN2_HIGH, x), f.add(r, y))
    y = f.choose(f.compare("equal", x, f.like(np.inf, x)), x, y)
    y = f.choose(f.compare("equal", x, f.like(0, x)), f.like(-np.inf, x), y)
    positive = f.compare("greater_equal", x, f.like(0, x))
    return f.choose(positive, y, f.like(np.nan, x))


def log1p(f: Any, x: Value) -> Value:
    """log(1 + x); log(u) x / (u - 1) with u = 1 + x, where the errors of u cancel (W. Kahan)."""
    if x.dtype != FLOAT32:
        return _double(f, "log1p", x)
    u = f.add(f.like(1, x), x)
    less = f.subtract(u, f.like(1, x))
    y = f.multiply(log(f, u), f.divide(x, less))
    y = f.choose(f.compare("equal", less, f.like(0, x)), x, y)
    return f.choose(f.compare("equal", u, f.like(np.inf, x)), x, y)


def tanh(f: Any, x: Value) -> Value:
    """A polynomial near zero, else 1 - 2 / (exp(2|x|) + 1) with the sign of x."""
    if x.dtype != FLOAT32:
        return _double(f, "tanh", x)
    size = f.absolute(x)
    z = f.multiply(x, x)
    near = f.multiply_add(f.multiply(polynomial(f, z, _TANH), z), x, x)
    e = exp(f, f.add(size, size))
    far = f.subtract(f.like(1, x), f.divide(f.like(2, x), f.add(e, f.like(1, x))))
    far = _with_sign(f, far, x)
    return f.choose(f.compare("less", size, f.like(0.625, x)), near, far)


def sigmoid(f: Any, x: Value) -> Value:
    """1 / (1 + exp(-x)); below zero exp(x) / (1 + exp(x)), which does not overflow."""
    one = f.like(1, x)
    small = f.exp(f.negative(f.absolute(x)))
    upper = f.choose(f.compare("less", x, f.like(0, x)), small, one)
    return f.divide(upper, f.add(one, small))


def softplus(f: Any, x: Value) -> Value:
    """log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|))."""
    small = f.log1p(f.exp(f.negative(f.absolute(x))))
    return f.add(f.maximum(x, f.like(0, x)), small)


def erf(f: Any, x: Value) -> Value:
    """A polynomial up to 1, then 1 - exp(-x^2) times one in 1/x."""
    if x.dtype != FLOAT32:
        return _double(f, "erf", x)
    near = f.multiply_add(polynomial(f, f.multiply(x, x), _ERF), x, x)
    size = f.absolute(x)
    inside = f.minimum(f.maximum(size, f.like(1, x)), f.like(4, x))
    rest = polynomial(f, f.divide(f.like(1, x), inside), _ERFC)
    rest = f.multiply(rest, exp(f, f.negative(f.multiply(inside, inside))))
    far = _with_sign(f, f.subtract(f.like(1, x), rest), x)
    return f.choose(f.compare("less", size, f.like(1, x)), near, far)


def _with_sign(f: Any, size: Value, x: Value) -> Value:
    f.declare("declare float @llvm.copysign.f32(float, float)")
    return f.define(f"call float @llvm.copysign.f32(float {size.text}, float {x.text})", FLOAT32)
