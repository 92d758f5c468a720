"""Unsigned integers of 16 and 32 bits, which an engine may store without computing on them, against NumPy."""

import numpy as np
import pytest

from lamina import backend, ops

A = np.array([[3, 1, 2], [60000, 5, 9], [7, 7, 0]])
B = np.array([[1, 0, 4], [2, 60001, 1], [3, 8, 6]])
PLACES = np.array([2, 0])
ONE = {
    "diag": np.diag,
    "diagonal": np.diagonal,
    "trace": lambda x: np.trace(x).astype("uint32"),
    "flip": np.flip,
    "fliplr": np.fliplr,
    "rot90": np.rot90,
    "diff": np.diff,
    "ptp": np.ptp,
    "sort": lambda x: np.sort(x, axis=-1),
    "isfinite": np.isfinite,
    "isnan": np.isnan,
    "isinf": np.isinf,
    "signbit": np.signbit,
    "logical_not": np.logical_not,
}
TWO = {
    "matmul": np.matmul,
    "dot": np.dot,
    "inner": np.inner,
    "vdot": np.vdot,
    "tensordot": lambda a, b: np.tensordot(a, b, 2),
    "cross": lambda a, b: (np.cross(a.astype("int64"), b.astype("int64"))).astype(a.dtype),
    "fmax": np.fmax,
    "fmin": np.fmin,
    "subtract": np.subtract,
    "greater": np.greater,
}


def same(found, expected):
    assert backend.standardize_dtype(found.dtype) == expected.dtype.name
    np.testing.assert_array_equal(ops.convert_to_numpy(found), expected)


@pytest.mark.parametrize("dtype", ["uint16", "uint32"])
@pytest.mark.parametrize("name", ONE)
def test_one_tensor(name, dtype):
    same(getattr(ops, name)(ops.convert_to_tensor(A.astype(dtype))), np.asarray(ONE[name](A.astype(dtype))))


@pytest.mark.parametrize("dtype", ["uint16", "uint32"])
@pytest.mark.parametrize("name", TWO)
def test_two_tensors(name, dtype):
    a, b = A.astype(dtype), B.astype(dtype)
    same(getattr(ops, name)(*map(ops.convert_to_tensor, (a, b))), np.asarray(TWO[name](a, b)))


@pytest.mark.parametrize("dtype", ["uint16", "uint32"])
def test_places(dtype):
    x, places = ops.convert_to_tensor(A.astype(dtype)), ops.convert_to_tensor(PLACES.astype(dtype))
    same(ops.take(x, places, axis=0), A.astype(dtype)[PLACES])


@pytest.mark.skipif(backend.backend() == "jax", reason="jax gives a value that is none: docs/engines.md")
@pytest.mark.parametrize("dtype", ["uint16", "uint32"])
def test_a_place_that_is_not_there(dtype):
    x = ops.convert_to_tensor(A.astype(dtype))
    with pytest.raises(ValueError, match="values from 0 to 9"):
        ops.take(x, ops.convert_to_tensor(np.array([0, 9], dtype)), axis=0)


def test_matmul_of_whole_numbers_and_truths():
    a, b = np.array([[1, 2]], "uint16"), np.array([[True], [False]])
    same(ops.matmul(a, b), np.array([[1]], "uint16"))
