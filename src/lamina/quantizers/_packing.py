"""Integers of four and of two bits, several in a byte."""

from typing import Any

from lamina import ops
from lamina._checks import check_one_of
from lamina._public import public
from lamina._typing import TensorLike

_BYTES = ("int8", "uint8")


@public("quantizers.pack_int4")
def pack_int4(arr: TensorLike, axis: int = 0, dtype: str = "int8") -> tuple[Any, tuple[int, ...], int]:
    """Packs integers in [-8, 7] (or [0, 15] for uint8) by twos into bytes; the first of two takes the low bits.

    Args:
        arr: tensor of `dtype`.
        axis: along which neighbours share a byte; zeros fill up the last one.
        dtype: "int8" or "uint8", of `arr` and of the result.

    Returns: the packed tensor, its shape, and the size of `axis` before.
    Raises ValueError for another `dtype`, TypeError if `arr` has another dtype.
    Example:
        >>> packed, shape, length = quantizers.pack_int4(np.array([1, 2, 3], "int8"))
        >>> shape, length
        ((2,), 3)
    """
    return _pack(arr, axis, dtype, 4, "pack_int4")


@public("quantizers.unpack_int4")
def unpack_int4(packed: TensorLike, orig_len: int, axis: int = 0, dtype: str = "int8") -> Any:
    """The integers that `pack_int4` packed.

    Args:
        packed: tensor of int8 or uint8.
        orig_len: the size of `axis` before packing.
        axis: along which they were packed.
        dtype: "int8" (signed integers) or "uint8", of the result.

    Raises ValueError for another `dtype`, TypeError if `packed` does not hold bytes.
    Example:
        >>> packed, _, length = quantizers.pack_int4(np.array([1, -2, 3], "int8"))
        >>> [int(i) for i in quantizers.unpack_int4(packed, length)]
        [1, -2, 3]
    """
    return _unpack(packed, orig_len, axis, dtype, 4, "unpack_int4")


@public("quantizers.pack_int2")
def pack_int2(arr: TensorLike, axis: int = 0, dtype: str = "int8") -> tuple[Any, tuple[int, ...], int]:
    """`pack_int4` for integers in [-2, 1] (or [0, 3] for uint8), four in a byte.

    Example:
        >>> packed, shape, length = quantizers.pack_int2(np.array([1, 0, -1, -2, 1], "int8"))
        >>> shape, length
        ((2,), 5)
    """
    return _pack(arr, axis, dtype, 2, "pack_int2")


@public("quantizers.unpack_int2")
def unpack_int2(packed: TensorLike, orig_len: int, axis: int = 0, dtype: str = "int8") -> Any:
    """`unpack_int4` for integers of two bits.

    Example:
        >>> packed, _, length = quantizers.pack_int2(np.array([1, 0, -1, -2, 1], "int8"))
        >>> [int(i) for i in quantizers.unpack_int2(packed, length)]
        [1, 0, -1, -2, 1]
    """
    return _unpack(packed, orig_len, axis, dtype, 2, "unpack_int2")


def _pack(arr: Any, axis: int, dtype: str, bits: int, where: str) -> tuple[Any, tuple[int, ...], int]:
    check_one_of(dtype, _BYTES, "dtype", where)
    if ops.dtype(arr) != dtype:
        raise TypeError(f"{where}: arr must have dtype {dtype}; got {ops.dtype(arr)}. Cast it, or name its dtype.")
    length, share = arr.shape[axis], 8 // bits
    codes = ops.moveaxis(ops.cast(arr, "int32"), axis, 0)
    codes = ops.pad(codes, [(0, -length % share), *[(0, 0)] * (len(arr.shape) - 1)])
    # The bits of each sum to the byte, since they do not overlap.
    codes = ops.bitwise_and(ops.reshape(codes, (-1, share, *codes.shape[1:])), (1 << bits) - 1)
    byte = sum(ops.left_shift(codes[:, i], bits * i) for i in range(share))
    if dtype == "int8":
        byte = _signed(byte, 8)
    packed = ops.moveaxis(ops.cast(byte, dtype), 0, axis)
    return packed, tuple(packed.shape), length


def _unpack(packed: Any, length: int, axis: int, dtype: str, bits: int, where: str) -> Any:
    check_one_of(dtype, _BYTES, "dtype", where)
    if ops.dtype(packed) not in _BYTES:
        raise TypeError(f"{where}: packed must have dtype int8 or uint8; got {ops.dtype(packed)}.")
    byte = ops.moveaxis(ops.cast(packed, "int32"), axis, 0)
    codes = ops.stack(
        [ops.bitwise_and(ops.right_shift(byte, shift), (1 << bits) - 1) for shift in range(0, 8, bits)], axis=1
    )
    codes = ops.reshape(codes, (-1, *byte.shape[1:]))[:length]
    codes = _signed(codes, bits) if dtype == "int8" else codes
    return ops.moveaxis(ops.cast(codes, dtype), 0, axis)


def _signed(codes: Any, bits: int) -> Any:
    """Non-negative integers of so many bits, read as two's complement."""
    half = 1 << (bits - 1)
    return ops.subtract(ops.bitwise_xor(codes, half), half)
