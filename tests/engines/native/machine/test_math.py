"""The functions of machine code against float64 and the standard library, over every kind of float32."""

import math
from contextlib import nullcontext

import numpy as np
import pytest

from lamina.engines import native
from lamina.engines.native import _compile, _threads

pytestmark = pytest.mark.usefixtures("with_machine_code")

SPECIAL = np.array(
    [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 1.1754944e-38, 3.4028235e38, -3.4028235e38, 1, -1]
)


def numbers():
    """All the special ones, and 200,000 spread evenly over the bits: every exponent, both signs."""
    bits = np.linspace(0, 2**32 - 1, 200_001).astype(np.uint32)
    near = np.linspace(-110, 110, 100_001)
    with np.errstate(all="ignore"):
        return np.concatenate([SPECIAL.astype("float32"), bits.view("float32"), near.astype("float32")])


def log1p_of_exp(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


FUNCTIONS = {
    "exp": (np.exp, np.exp),
    "expm1": (np.expm1, np.expm1),
    "log": (np.log, np.log),
    "log1p": (np.log1p, np.log1p),
    "tanh": (np.tanh, np.tanh),
    "erf": (native.primitives._erf.erf, np.vectorize(math.erf)),
    "sigmoid": (native.primitives._erf.sigmoid, lambda x: np.where(x > 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x)))),
    "softplus": (native.primitives._erf.softplus, log1p_of_exp),
}  # fmt: skip
# In units in the last place. What is put together of two functions has the errors of both.
MOST_ULPS = {"expm1": 4, "log1p": 3, "softplus": 3, "sigmoid": 3}


@pytest.fixture
def with_subnormals(monkeypatch):
    """Programs take subnormal numbers for zero; the functions themselves do not need that."""
    monkeypatch.setattr(_compile, "no_subnormals", nullcontext)
    monkeypatch.setattr(_threads, "_threads", 1)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_float32(name, with_subnormals):
    function, exact = FUNCTIONS[name]
    x = numbers()
    compiled = native.compile(function)
    got = np.asarray(compiled(x))
    assert compiled.plans[0].program.runs
    with np.errstate(all="ignore"):
        expected = exact(x.astype("float64"))
        rounded = expected.astype("float32")
    np.testing.assert_array_equal(np.isnan(got), np.isnan(rounded))
    np.testing.assert_array_equal(np.isinf(got), np.isinf(rounded))
    finite = np.isfinite(rounded)
    with np.errstate(all="ignore"):
        unit = np.spacing(np.abs(rounded[finite]).astype("float32"))
    unit = np.where(np.isfinite(unit), unit, np.float32(2.0**104))
    ulps = np.abs(got[finite].astype("float64") - expected[finite]) / unit
    worst = int(np.argmax(ulps))
    assert ulps[worst] <= MOST_ULPS.get(name, 2), f"{name}({x[finite][worst]!r}) is {ulps[worst]:.1f} ulp off"


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_float64(name):
    function, exact = FUNCTIONS[name]
    x = np.concatenate([SPECIAL, np.linspace(-30, 30, 4001)])
    got = np.asarray(native.compile(function)(x))
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(got, exact(x), rtol=1e-13, atol=1e-300)
