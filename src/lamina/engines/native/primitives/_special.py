"""Special functions that NumPy lacks, computed in float64 and given in the dtype of the input.

erf: W. J. Cody, Rational Chebyshev approximation for the error function, Math. Comp. 23 (1969), in the form of the
complementary error function by continued fraction; lgamma, digamma and the polygammas by recurrence and their
asymptotic (Stirling, Bernoulli) series: Abramowitz and Stegun, 6.1.41, 6.3.18, 6.4.12; erfinv: M. Giles, Approximating
the erfinv function (2012), polished by two Newton steps.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

_vector_erf = np.frompyfunc(math.erf, 1, 1)
_vector_lgamma = np.frompyfunc(math.lgamma, 1, 1)


def _in_float64(fn: Callable[..., Any]) -> Callable[..., Any]:
    def apply(x: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        with np.errstate(all="ignore"):
            value = fn(np.asarray(x, dtype=np.float64))
        if out is None:
            return np.asarray(value).astype(x.dtype)
        np.copyto(out, value, casting="unsafe")
        return out

    apply.__name__ = fn.__name__.strip("_")
    return apply


# Minimax rational approximation of erf on |x| < 3.925 in float32 (odd numerator over even denominator), with an
# absolute error below 5e-7; beyond, erf rounds to one.
_ERF_P = (-2.72614225801306e-10, 2.77068142495902e-08, -2.10102402082508e-06, -5.69250639462346e-05,
          -7.34990630326855e-04, -2.95459980854025e-03, -1.60960333262415e-02)  # fmt: skip
_ERF_Q = (-1.45660718464996e-05, -2.13374055278905e-04, -1.68282697438203e-03, -7.37332916720468e-03,
          -1.42647390514189e-02)  # fmt: skip


def erf(x: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """The error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x."""
    x = np.asarray(x)
    out = np.empty(x.shape, x.dtype) if out is None else out
    if x.dtype == np.float64:
        np.copyto(out, _vector_erf(x), casting="unsafe")
    else:
        s, p, q = (np.empty(x.shape, np.float32) for _ in range(3))
        rational_erf(x, s, p, q, out)
    return out


def rational_erf(x: np.ndarray, s: np.ndarray, p: np.ndarray, q: np.ndarray, out: np.ndarray) -> None:
    """erf of float32 (or 16-bit floats) into `out`, with three arrays of the same shape to work in."""
    np.clip(x, -3.925, 3.925, out=q)
    np.square(q, s)
    polynomial(s, _ERF_P, p)
    np.multiply(p, q, p)
    polynomial(s, _ERF_Q, q)
    np.divide(p, q, out=out, casting="unsafe")


def polynomial(x: np.ndarray, coefficients: tuple[float, ...], out: np.ndarray) -> None:
    """Into `out`, without other memory; highest power first."""
    first, *middle, last = coefficients
    np.multiply(x, first, out=out)
    for c in middle:
        np.add(out, c, out=out)
        np.multiply(out, x, out=out)
    np.add(out, last, out=out)


# erfinv(x)/x in w = -log((1 - x)(1 + x)): below 5 a polynomial in w - 2.5, beyond in sqrt(w) - 3 (Giles).
ERFINV_CENTRAL = (2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503,
                  -0.00417768164, 0.246640727, 1.50140941)  # fmt: skip
ERFINV_TAIL = (-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613,
               0.00943887047, 1.00167406, 2.83297682)  # fmt: skip


@_in_float64
def erfinv(x: np.ndarray) -> np.ndarray:
    """The inverse of erf; infinite at -1 and 1, NaN outside."""
    w = -np.log((1 - x) * (1 + x))
    central = np.polyval(ERFINV_CENTRAL, w - 2.5)
    tail = np.polyval(ERFINV_TAIL, np.sqrt(np.maximum(w, 5)) - 3)
    y = np.where(w < 5, central, tail) * x
    inside = np.abs(x) < 1
    for _ in range(2):
        error = np.asarray(_vector_erf(np.where(inside, y, 0)), dtype=np.float64) - np.where(inside, x, 0)
        y = np.where(inside, y - error * math.sqrt(math.pi) / 2 * np.exp(np.square(np.where(inside, y, 0))), y)
    return np.where(inside, y, np.where(np.abs(x) == 1, np.copysign(np.inf, x), np.nan))


@_in_float64
def lgamma(x: np.ndarray) -> np.ndarray:
    """The logarithm of the absolute value of the gamma function; infinite at its poles."""
    pole = (x <= 0) & (x == np.floor(x))
    value = np.asarray(_vector_lgamma(np.where(pole | ~np.isfinite(x), 1.0, x)), dtype=np.float64)
    value = np.where(pole | np.isinf(x), np.inf, value)
    return np.where(np.isnan(x), np.nan, value)


def _shifted(x: np.ndarray, term: Callable[..., Any], series: Callable[..., Any]) -> np.ndarray:
    """Recurrence up to x >= 10, where the asymptotic series is exact to rounding."""
    total = np.zeros_like(x)
    z = x.copy()
    for _ in range(10):
        low = z < 10
        total += np.where(low, term(z), 0)
        z = np.where(low, z + 1, z)
    return total + series(z)


def _positive_digamma(x: np.ndarray) -> np.ndarray:
    def series(z: np.ndarray) -> np.ndarray:
        r = 1 / np.square(z)
        return np.log(z) - 0.5 / z - r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r / 132))))

    return _shifted(x, lambda z: -1 / z, series)


@_in_float64
def digamma(x: np.ndarray) -> np.ndarray:
    """The derivative of lgamma; reflection psi(1 - x) - pi/tan(pi x) below zero, NaN at the poles."""
    reflect = x < 0.5
    value = _positive_digamma(np.where(reflect, 1 - x, x))
    value = np.where(reflect, value - np.pi / np.tan(np.pi * x), value)
    return np.where((x <= 0) & (x == np.floor(x)), np.nan, value)


def _positive_trigamma(x: np.ndarray) -> np.ndarray:
    def series(z: np.ndarray) -> np.ndarray:
        r = 1 / np.square(z)
        return 1 / z + r / 2 + r / z * (1 / 6 - r * (1 / 30 - r * (1 / 42 - r * (1 / 30 - r * 5 / 66))))

    return _shifted(x, lambda z: 1 / np.square(z), series)


@_in_float64
def trigamma(x: np.ndarray) -> np.ndarray:
    """The second derivative of lgamma; reflection pi^2/sin^2(pi x) - trigamma(1 - x)."""
    reflect = x < 0.5
    value = _positive_trigamma(np.where(reflect, 1 - x, x))
    return np.where(reflect, np.square(np.pi / np.sin(np.pi * x)) - value, value)


@_in_float64
def polygamma2(x: np.ndarray) -> np.ndarray:
    """The third derivative of lgamma, for positive x."""

    def series(z: np.ndarray) -> np.ndarray:
        r = 1 / np.square(z)
        return -r - r / z - r * r * (1 / 2 - r * (1 / 6 - r * (1 / 6 - r * (3 / 10 - r * 5 / 6))))

    return _shifted(x, lambda z: -2 / z**3, series)


@_in_float64
def i1(x: np.ndarray) -> np.ndarray:
    """The modified Bessel function of order one, as the mean of exp(x cos t) cos t over a period (trapezoidal rule)."""
    t = (np.arange(256) + 0.5) * (np.pi / 256)
    return np.mean(np.exp(x[..., None] * np.cos(t)) * np.cos(t), axis=-1)


def sigmoid(x: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """1 / (1 + exp(-x)) as (1 + tanh(x/2)) / 2, which neither overflows nor branches."""
    if x.dtype.itemsize == 2:  # of a small result the 1 would leave nothing
        found = np.empty_like(x) if out is None else out
        np.copyto(found, sigmoid(x.astype("float32")), casting="unsafe")
        return found
    half = x.dtype.type(0.5)
    out = np.multiply(x, half, out=out)
    out = np.asarray(out)
    np.tanh(out, out=out)
    np.multiply(out, half, out=out)
    np.add(out, half, out=out)
    return out


def softplus(x: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """log(1 + exp(x)), which does not overflow."""
    return np.logaddexp(x, x.dtype.type(0), out=out)
