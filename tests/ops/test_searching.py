"""Counting and finding, against the definition."""

import numpy as np
import pytest

from lamina import backend, ops

NUMBERS = np.array([1, 1, 6, 0])


@pytest.mark.parametrize("as_tensor", [False, True])
def test_minlength_is_a_least_length(as_tensor):
    x = ops.convert_to_tensor(NUMBERS) if as_tensor else NUMBERS
    for least in (0, 3, 9):
        expected = np.bincount(NUMBERS, minlength=least)
        np.testing.assert_array_equal(ops.convert_to_numpy(ops.bincount(x, minlength=least)), expected)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "float16", "float32"])
def test_sums_of_weights_keep_their_dtype(dtype):
    weights = np.array([1, 2, 3, 4], dtype)
    found = ops.bincount(NUMBERS, weights=weights)
    assert backend.standardize_dtype(found.dtype) == dtype
    np.testing.assert_array_equal(ops.convert_to_numpy(found), np.bincount(NUMBERS, weights))


def test_weights_of_truths_are_counted():
    found = ops.convert_to_numpy(ops.bincount(NUMBERS, weights=np.array([True, False, True, True])))
    np.testing.assert_array_equal(found, [1, 1, 0, 0, 0, 0, 1])


@pytest.mark.parametrize("x", [np.float32(np.inf), [np.inf], [np.nan], [-1], [[1, -2]], 3, np.ones((1, 1, 1), int)])
def test_what_cannot_be_counted_is_named(x):
    with pytest.raises(ValueError, match="bincount: x must be"):
        ops.bincount(x)
