"""Arguments of single functions: forms that are taken, and those refused; values at the edges."""

import numpy as np
import pytest

from lamina import ops


def test_complex_numbers_are_conjugated():
    x = np.array([1 + 2j, 3 - 1j], "complex64")
    np.testing.assert_array_equal(ops.conj(x), np.conj(x))
    np.testing.assert_array_equal(ops.conjugate(np.array([1.0, 2.0], "float32")), [1.0, 2.0])


def test_no_nan_equals_another():
    values, counts = ops.unique(np.array([1.0, np.nan, 2.0, np.nan], "float32"), return_counts=True)
    np.testing.assert_array_equal(values, [1.0, 2.0, np.nan, np.nan])
    np.testing.assert_array_equal(counts, [1, 1, 1, 1])


def test_infinite_values_have_quantiles_too():
    x = np.array([[1.0, np.nan, 3.0], [np.inf, -np.inf, np.nan], [np.inf, np.inf, 0.0]], "float32")
    np.testing.assert_array_equal(ops.nanmedian(x, axis=()), x)
    np.testing.assert_array_equal(ops.nanmedian(x, axis=1)[2], np.inf)


@pytest.mark.parametrize("function", ["cumsum", "cumprod", "nancumsum", "nancumprod"])
def test_running_sums_take_one_axis_as_a_tuple(function):
    x = np.arange(6, dtype="float32").reshape(2, 3)
    run = getattr(ops, function)
    np.testing.assert_array_equal(run(x, axis=(1,)), getattr(np, function)(x, axis=1))
    np.testing.assert_array_equal(run(x, axis=()), x)
    with pytest.raises(ValueError, match="along one axis"):
        run(x, axis=(0, 1))


def test_roll_takes_numbers_and_arrays_of_them():
    x = np.arange(6).reshape(2, 3)
    for shift, axis in ((1, [0, 1]), ([1, 2], [0]), (np.array([1, 2]), np.array([0, 1])), (4, 1), (1, None)):
        np.testing.assert_array_equal(ops.roll(x, shift, axis), np.roll(x, shift, axis))
    for shift, axis in (([1, 2, 3], [0, 1]), (1, 2)):
        with pytest.raises(ValueError, match="roll"):
            ops.roll(x, shift, axis)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: ops.eye(3.0), TypeError),
        (lambda: ops.eye(3, 2.0), TypeError),
        (lambda: ops.eye(ops.array(3.0)), TypeError),
        (lambda: ops.argpartition([1, 2, 3], (0, 1)), ValueError),
        (lambda: ops.histogram(np.ones((2, 3))), ValueError),
        (lambda: ops.histogram(np.ones(3), bins=-5), ValueError),
        (lambda: ops.histogram(np.ones(3), range=(1,)), ValueError),
        (lambda: ops.scan(lambda c, x: (c, x), 0, np.ones(3), unroll=-1), ValueError),
        (lambda: ops.average(np.ones((2, 3)), axis=(0, 1), weights=np.ones(3)), ValueError),
    ],
)
def test_arguments_that_are_wrong_are_named(make, error):
    with pytest.raises(error):
        make()


@pytest.mark.parametrize("function", ["correlate", "heaviside"])
def test_functions_that_give_floats_for_integers(function):
    result = getattr(ops, function)(np.array([1, 2, 3], "int32"), np.array([True, False, True]))
    assert ops.dtype(result) == "float32"
