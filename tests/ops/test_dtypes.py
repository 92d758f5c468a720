"""Dtype promotion: the lattice's laws, weak Python scalars, and no float64 by accident."""

import itertools

import numpy as np
import pytest

from lamina import ops
from lamina.ops._dtypes import ALL_DTYPES

NUMBERS = [d for d in ALL_DTYPES if d != "string"]


@pytest.mark.parametrize("a, b", list(itertools.combinations(NUMBERS, 2)))
def test_symmetric_idempotent_and_never_widened_to_float64(a, b):
    both = ops.result_type(a, b)
    assert both == ops.result_type(b, a) == ops.result_type(both, a)
    assert both != "float64" or "float64" in (a, b)


@pytest.mark.parametrize("signed", ["int8", "int16", "int32"])
def test_integers_have_64_bits_only_if_an_operand_has(signed):
    assert ops.result_type("uint32", signed) == "int32"
    assert ops.result_type("uint32", signed, "int64") == "int64"


@pytest.mark.parametrize("dtype", NUMBERS)
def test_python_scalars_are_weak(dtype):
    floats = "float" in dtype or "complex" in dtype
    assert ops.result_type(dtype, float) == (dtype if floats else "float32")
    assert ops.result_type(dtype, int) == ("int32" if dtype == "bool" else dtype)
    assert ops.result_type(dtype, bool) == dtype


def test_some_known_pairs():
    assert ops.result_type("int32", "float32") == "float32"
    assert ops.result_type("int64", "float16") == "float16"
    assert ops.result_type("float16", "bfloat16") == "float32"
    assert ops.result_type("uint8", "int8") == "int16"
    assert ops.result_type("uint64", "int64") == "float32"
    assert ops.result_type() == "float32"


def test_unknown_dtypes_are_refused():
    with pytest.raises(ValueError, match="expected one of"):
        ops.result_type("float33", "int32")
    with pytest.raises(ValueError, match="promotion"):
        ops.result_type("string", "int32")


@pytest.mark.parametrize(
    "given, name",
    [
        (None, "float32"),
        ("float", "float32"),
        (np.float16, "float16"),
        (np.dtype("float64"), "float64"),
        (int, "int32"),
        (bool, "bool"),
        (np.bool_, "bool"),
        ("half", "float16"),
        (np.dtype("U3"), "string"),
        (np.dtype("complex64"), "complex64"),
    ],
)
def test_standardize_dtype(given, name):
    assert ops.standardize_dtype(given) == name


@pytest.mark.parametrize("name", ["add", "multiply", "subtract", "maximum", "where", "matmul", "power"])
@pytest.mark.parametrize(
    "a, b", list(itertools.product(["uint8", "int32", "int64", "float16", "bfloat16", "float32"], repeat=2))
)
def test_ops_follow_the_lattice(name, a, b):
    x, y = ops.ones((2, 2), a), ops.ones((2, 2), b)
    args = (ops.ones((2, 2), "bool"), x, y) if name == "where" else (x, y)
    result = getattr(ops, name)(*args)
    assert ops.dtype(result) == ops.result_type(a, b)
    symbols = [ops.KerasTensor((2, 2), ops.dtype(t)) for t in args]
    assert getattr(ops, name)(*symbols).dtype == ops.dtype(result)


@pytest.mark.parametrize(
    "name", ["exp", "mean", "softmax", "sqrt", "sigmoid", "tanh", "std", "logsumexp", "log_softmax"]
)
@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "int64"])
def test_float_functions_of_integers_give_the_default_float(name, dtype):
    assert ops.dtype(getattr(ops, name)(ops.ones((2, 2), dtype))) == "float32"


def test_python_numbers_do_not_widen():
    x = ops.ones((2,), "float16")
    for result in (
        x + 1.5,
        ops.add(x, 2),
        ops.multiply(3.0, x),
        ops.where(x > 0, x, 0.0),
        ops.maximum(x, 0),
        ops.power(x, 2),
    ):
        assert ops.dtype(result) == "float16"
    assert ops.dtype(ops.add(ops.ones((2,), "int32"), 0.5)) == "float32"
    assert ops.dtype(ops.add(1, 2)) == "int32" and ops.dtype(ops.add(1, 2.0)) == "float32"
    assert (
        ops.dtype(ops.convert_to_tensor([1, 2])) == "int32" and ops.dtype(ops.convert_to_tensor([1.0, 2])) == "float32"
    )
