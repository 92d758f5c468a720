"""Quantisation in blocks with zero points: how far the round trip may lie off."""

import numpy as np
import pytest

from lamina import ops, quantizers
from lamina.quantizers._grouped import dequantize_grouped

X = np.random.default_rng(0).normal(size=(10, 3)).astype("float32")


@pytest.mark.parametrize("to_numpy", [False, True])
@pytest.mark.parametrize("block", [2, 4, 16])
def test_round_trip(block, to_numpy):
    levels, scale, zero = quantizers.abs_max_quantize_grouped_with_zero_point(X, block, to_numpy=to_numpy)
    blocks = -(-10 // block)
    assert (ops.dtype(levels), ops.dtype(scale), ops.dtype(zero)) == ("int8", "float32", "int8")
    assert tuple(levels.shape) == (10, 3) and tuple(scale.shape) == tuple(zero.shape) == (blocks, 3)
    assert ops.convert_to_numpy(levels).min() >= -8 and ops.convert_to_numpy(levels).max() <= 7
    groups = np.arange(10) // block
    again = ops.convert_to_numpy(dequantize_grouped(levels, scale, zero, groups, 0))
    for g in range(blocks):
        rows = X[groups == g]
        padded = np.pad(rows, [(0, block - len(rows)), (0, 0)])
        step = (padded.max(0) - padded.min(0)) / 15
        low, high = (-8 - ops.convert_to_numpy(zero)[g]) * step, (7 - ops.convert_to_numpy(zero)[g]) * step
        assert (np.abs(again[groups == g] - np.clip(rows, low, high)) <= step / 2 + 1e-5).all()


def test_wrong_arguments():
    with pytest.raises(ValueError, match="block_size"):
        quantizers.abs_max_quantize_grouped_with_zero_point(X, 0)
    with pytest.raises(ValueError, match="two axes"):
        quantizers.abs_max_quantize_grouped_with_zero_point(X[0], 2)
