import numpy as np
import pytest

from lamina.engines.native._dtypes import promote


@pytest.mark.parametrize(
    "args, expected",
    [
        ((np.float32(1), np.int64(1)), "float32"),
        ((np.float16(1), np.int32(1)), "float16"),
        ((np.int32(1), 2.5), "float32"),
        ((np.float16(1), 2.5), "float16"),
        ((np.bool_(True), 2), "int32"),
        ((np.int8(1), 300), "int8"),
        ((np.uint64(1), np.int64(1)), "float32"),
        ((1, 2), "int32"),
        ((1, 2.0), "float32"),
        ((np.float64(1), np.float32(1)), "float64"),
        (([1.0, 2.0],), "float32"),
    ],
)
def test_promote(args, expected):
    assert promote(*args).name == expected


def test_half_types_meet_in_float32():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    assert promote(np.ones(1, ml_dtypes.bfloat16), np.float16(1)).name == "float32"
    assert promote(np.ones(1, ml_dtypes.bfloat16), np.int32(1)).name == "bfloat16"
