import json

import numpy as np
import pytest

from lamina import ops
from lamina.training._resuming._values import decode, describe, encode, restore


def round_trip(value):
    arrays = []
    text = json.dumps(encode(value, arrays))
    return decode(json.loads(text), [restore(a.tobytes(), json.loads(json.dumps(describe(a)))) for a in arrays])


@pytest.mark.parametrize(
    "value",
    [None, True, 3, 2**70, 0.1 + 0.2, float("inf"), "ä", [1, [2.5]], (1, (2,)), {"a": {1: (None,)}, (1, 2): []}],
)
def test_plain_values_come_back_as_they_were(value):
    found = round_trip(value)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("dtype", ["float32", "float16", "uint32", "bool", "complex64", "U3", ">f8"])
@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_arrays_keep_dtype_shape_and_bits(dtype, shape):
    array = np.ones(shape, dtype)
    found = round_trip({"a": [array]})["a"][0]
    assert found.dtype == array.dtype
    assert found.shape == shape
    assert found.tobytes() == array.tobytes()
    assert found.flags.writeable


def test_a_scalar_of_numpy_stays_one():
    found = round_trip(np.float32(0.1))
    assert isinstance(found, np.float32)
    assert found == np.float32(0.1)


def test_a_tensor_is_kept_as_an_array():
    np.testing.assert_array_equal(round_trip(ops.ones((2,))), [1.0, 1.0])


@pytest.mark.parametrize("value", [object(), {1, 2}, b"x", np.array([None]), [lambda: 0]])
def test_what_is_no_data_is_an_error(value):
    with pytest.raises(TypeError, match="expected"):
        encode(value, [])


def test_bytes_of_another_length_are_an_error():
    with pytest.raises(ValueError, match="reshape|buffer size"):
        restore(b"\0" * 7, {"dtype": "<f4", "shape": [2]})


@pytest.mark.parametrize("dtype", ["O", "V4"])
def test_no_array_of_objects_is_made(dtype):
    with pytest.raises(ValueError, match="no arrays of dtype"):
        restore(b"\0" * 8, {"dtype": dtype, "shape": [1]})
