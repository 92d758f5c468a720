"""The form in machine code of every primitive that has one, against its forward, wherever its cases call it."""

import numpy as np
import pytest

from lamina import ops
from lamina.engines import native
from lamina.engines.native.primitives import _special as special
from lamina.engines.native.primitives._gru import gru, gru_grad
from lamina.engines.native.primitives._lstm import lstm, lstm_grad
from lamina.engines.native.primitives._simple_rnn import simple_rnn, simple_rnn_grad
from lamina.engines.native.primitives._take import take_grad
from lamina.ops._dtypes import numpy_dtype

from .one_call import results
from .test_rules import calls_in

pytest.importorskip("llvmlite")


@pytest.fixture(autouse=True)
def machine_code(with_machine_code):
    """On, in every test of this file."""


@pytest.fixture
def calls(written, cases):
    return [call for function, arrays in cases(written) for call in calls_in(function, arrays, written)]


def lying(order, a):
    """The same numbers, lying otherwise in memory."""
    if order == "reversed" and a.ndim:
        return a[::-1].copy()[::-1]
    if order == "every other" and a.ndim:
        wide = np.empty((*a.shape[:-1], 2 * a.shape[-1]), a.dtype)
        wide[..., ::2] = a
        return wide[..., ::2]
    return np.array(a, order=order if order in "CF" else "C")


def as_floats(dtype, a):
    return a.astype(dtype) if a.dtype.kind == "f" else a


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("order", ["C", "F", "reversed", "every other"])
def test_equals_the_forward(written, calls, order, dtype):
    met = 0
    for node, inputs, _ in calls:
        params = {k: np.dtype(dtype) if k == "dtype" and v == np.float64 else v for k, v in node.params.items()}
        arrays = [lying(order, as_floats(dtype, np.asarray(a))) for a in inputs]
        with np.errstate(all="ignore"):
            expected = written.forward(*arrays, **params)
        got, count = results(written, params, arrays)
        met += count
        if count:
            got = [*got, *results(written, params, arrays, quick=True)[0]]
        expected = (expected if isinstance(expected, tuple) else (expected,)) * (2 if count else 1)
        rtol = {"float64": 1e-13, "float32": 1e-6}[dtype]
        for y, expectation in zip(got, expected, strict=True):
            assert (y.shape, y.dtype) == (expectation.shape, expectation.dtype)
            # BLAS adds in another order for operands that lie otherwise: the error is one of the sum of magnitudes.
            sums = float(np.matmul(*map(np.abs, arrays)).max()) if written.name == "matmul" else 1.0
            np.testing.assert_allclose(y, expectation, rtol=rtol, atol=rtol * max(sums, 1.0), err_msg=written.name)
    assert met or order != "C", f"no case of {written.name} becomes machine code"


# These multiply matrices, for which BLAS has no floats of 16 bits.
OF_PRODUCTS = {"matmul", "conv", "conv_input_grad", "conv_kernel_grad", "lstm", "lstm_grad", "gru", "gru_grad",
               "simple_rnn", "simple_rnn_grad"}  # fmt: skip


def in_32_bits(a):
    return a.astype("float32") if a.dtype.name in TOLERANCES else a


TOLERANCES = {"float16": 2e-3, "bfloat16": 1.6e-2}


@pytest.mark.parametrize("dtype", list(TOLERANCES))
def test_floats_of_16_bits_are_computed_with_in_32(written, calls, dtype):
    """The judge is the forward in float32 on the same numbers: NumPy rounds every step of a sum, and has not all functions."""
    met, kind = 0, numpy_dtype(dtype)
    for node, inputs, _ in calls:
        params = {k: kind if k == "dtype" and v == np.float64 else v for k, v in node.params.items()}
        arrays = [as_floats(kind, np.asarray(a)) for a in inputs]
        wide = {k: np.dtype("float32") if v is kind else v for k, v in params.items()}
        try:
            got, count = results(written, params, arrays)
        except TypeError:  # NumPy's plan has no such function of these
            assert written.name in OF_PRODUCTS
            continue
        met += count
        if not count:
            continue
        got = [*got, *results(written, params, arrays, quick=True)[0]]
        with np.errstate(all="ignore"):
            expected = written.forward(*map(in_32_bits, arrays), **wide)
        for y, expectation in zip(got, (expected if isinstance(expected, tuple) else (expected,)) * 2, strict=True):
            assert y.shape == expectation.shape
            np.testing.assert_allclose(
                in_32_bits(y),
                in_32_bits(expectation),
                rtol=TOLERANCES[dtype],
                atol=TOLERANCES[dtype],
                err_msg=written.name,
            )
    assert bool(met) != (written.name in OF_PRODUCTS)


@pytest.mark.parametrize("indices", [[-1, -4], [4, 11], [-5, 10**9]])
def test_slices_are_added_within_the_array_whatever_the_indices(indices):
    """The check of a take may have been dropped with its unused result."""
    g, at = np.ones((2, 3), "float32"), np.array(indices)
    (got,), written = results(take_grad, {"axis": 0, "size": 4}, [g, at])
    assert written == 1
    np.testing.assert_array_equal(got, take_grad.forward(g, at, axis=0, size=4))


RECURRENT = {"lstm": (lstm, lstm_grad, 4), "gru": (gru, gru_grad, 3), "simple_rnn": (simple_rnn, simple_rnn_grad, 1)}


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("with_x", [True, False])
@pytest.mark.parametrize("reverse, sequences", [(False, True), (True, False), (True, True)])
@pytest.mark.parametrize("kind", list(RECURRENT))
def test_recurrence_with_products_of_blas(kind, reverse, sequences, with_x, masked):
    forward, back, gates = RECURRENT[kind]
    rng = np.random.default_rng(0)

    def normal(*shape):
        return (0.3 * rng.normal(size=shape)).astype("float32")

    batch, steps, features, units = 24, 6, 16, 20
    starts = [normal(batch, units) for _ in range(2 if kind == "lstm" else 1)]
    weights = [normal(features, gates * units), normal(units, gates * units)]
    bias = normal(2, gates * units) if kind == "gru" else normal(gates * units)
    x, mask = normal(batch, steps, features), [rng.random((batch, steps)) < 0.7] if masked else []
    if masked:
        x[~mask[0]] = np.nan  # whatever stands there
    arrays, how = [x, *starts, *weights, bias, *mask], {"reverse": reverse, "sequences": sequences}
    expected = forward.forward(*arrays, **how)
    got, written = results(forward, how, arrays)
    assert written == 1
    for mine, theirs in zip(got, expected, strict=True):
        assert np.isfinite(theirs).all()
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-6)
    given = [normal(*y.shape) for y in expected[: len(starts)]]
    # What a mask changes in the gates is all that the way back of a GRU needs to know of it.
    others = {"lstm": mask, "gru": [], "simple_rnn": mask}[kind]
    kept = [*given, *weights, *([bias] if kind == "gru" else []), *expected[len(starts) :], *others]
    expected = back.forward(*kept, with_x=with_x, **how)
    got, written = results(back, {"with_x": with_x, **how}, kept)
    assert written == 1
    for mine, theirs in zip(got, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-5)


def test_a_float64_becomes_the_nearest_float16():
    """Above the middle of two by less than a float32 shows; rounded to this first it would become the even one."""
    x = np.array([1.00048828125 + 1e-12, 65519.9999999])
    found = native.compile(lambda x: ops.cast(x, "float16"))(x)
    np.testing.assert_array_equal(found, np.float16([1.0009765625, 65504]))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_a_small_sigmoid_of_16_bits_is_one_of_as_many_digits(dtype):
    x = np.linspace(-8, 8, 101).astype(numpy_dtype(dtype))
    exact = 1 / (1 + np.exp(-x.astype("float64")))
    for found in (special.sigmoid(x), special.sigmoid(x, np.empty_like(x))):
        np.testing.assert_allclose(found.astype("float64"), exact, rtol={"float16": 2**-10, "bfloat16": 2**-8}[dtype])
