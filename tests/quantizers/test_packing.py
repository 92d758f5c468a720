"""Several integers in a byte: what goes in comes out, and the bits lie where they are said to."""

import numpy as np
import pytest

from lamina import ops, quantizers

FUNCTIONS = {4: (quantizers.pack_int4, quantizers.unpack_int4), 2: (quantizers.pack_int2, quantizers.unpack_int2)}
BITS = pytest.mark.parametrize("bits", [4, 2])


@BITS
@pytest.mark.parametrize("dtype", ["int8", "uint8"])
@pytest.mark.parametrize("shape, axis", [((5,), 0), ((4, 3), 0), ((4, 3), -1), ((2, 5, 3), 1), ((2, 1, 8), 2)])
def test_what_goes_in_comes_out(bits, dtype, shape, axis):
    pack, unpack = FUNCTIONS[bits]
    low = -(2 ** (bits - 1)) if dtype == "int8" else 0
    values = np.random.default_rng(0).integers(low, low + 2**bits, shape).astype(dtype)
    packed, packed_shape, length = pack(values, axis=axis, dtype=dtype)
    expected = list(shape)
    expected[axis] = -(-shape[axis] * bits // 8)
    assert (ops.dtype(packed), packed_shape, length) == (dtype, tuple(expected), shape[axis])
    unpacked = unpack(packed, length, axis=axis, dtype=dtype)
    assert ops.dtype(unpacked) == dtype
    np.testing.assert_array_equal(ops.convert_to_numpy(unpacked), values)


@BITS
def test_the_first_takes_the_low_bits(bits):
    values = np.arange(8 // bits, dtype="uint8")
    packed, _, _ = FUNCTIONS[bits][0](values, dtype="uint8")
    assert int(packed[0]) == sum(int(v) << (bits * i) for i, v in enumerate(values))


@BITS
def test_other_dtypes_are_refused(bits):
    pack, unpack = FUNCTIONS[bits]
    floats = np.zeros(4, "float32")
    for function, arguments in ((pack, (floats,)), (unpack, (floats, 4))):
        with pytest.raises(TypeError, match="float32"):
            function(*arguments)
        with pytest.raises(ValueError, match="int16"):
            function(*arguments, dtype="int16")


@pytest.mark.peer
@pytest.mark.parametrize("axis", [0, 1])
def test_bytes_equal_keras(axis):
    keras = pytest.importorskip("keras")
    values = np.random.default_rng(0).integers(-8, 8, (5, 3)).astype("int8")
    ours, theirs = (package.pack_int4(values, axis=axis)[0] for package in (quantizers, keras.quantizers))
    np.testing.assert_array_equal(ops.convert_to_numpy(ours), np.asarray(theirs))
