"""Floats of eight bits: scales and histories by their definition, rounding by ml_dtypes."""

import numpy as np
import pytest

from lamina import ops, quantizers


@pytest.mark.parametrize(
    "amax, margin, expected", [(896.0, 0, 2.0), (896.0, 1, 4.0), (0.0, 0, 3.0), (np.inf, 0, 3.0), (np.nan, 0, 3.0)]
)
def test_scale(amax, margin, expected):
    assert float(quantizers.compute_float8_scale(amax, 3.0, 448.0, margin)) == expected


def test_history_moves_on_by_one():
    history = np.array([4.0, 3.0, 2.0, 1.0], "float32")
    for newest in (7.0, 8.0):
        expected = np.roll(history, -1)
        expected[0] = newest
        history = ops.convert_to_numpy(quantizers.compute_float8_amax_history(np.array([1.0, -newest]), history))
        np.testing.assert_array_equal(history, expected)


@pytest.mark.parametrize("dtype, largest", [("float8_e4m3fn", 448.0), ("float8_e5m2", 57344.0)])
def test_rounding(dtype, largest):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    x = np.array([0.0, 1.3, -2.7, 1e-3, 1e9, -1e9], "float32")
    expected = np.clip(x / 2, -largest, largest).astype(getattr(ml_dtypes, dtype)).astype("float32") * 2
    found = quantizers.quantize_and_dequantize(x, 2.0, dtype, "float32")
    assert ops.dtype(found) == "float32"
    np.testing.assert_array_equal(ops.convert_to_numpy(found), expected)


def test_other_dtypes_are_refused():
    with pytest.raises(ValueError, match="quantized_dtype"):
        quantizers.quantize_and_dequantize(1.0, 1.0, "int8", "float32")
