import gc

import numpy as np
import pytest

from lamina.engines.native.primitives import _constant_rows
from lamina.engines.native.primitives._constant_rows import constant_row


def test_rows_have_their_memory_in_common_and_cannot_be_written():
    long = constant_row(1, 100, np.float32)
    short = constant_row(1, 7, "float32")
    assert short.tolist() == [1.0] * 7 and np.shares_memory(long, short)
    assert (
        not np.shares_memory(constant_row(0, 7, "float32"), short) and constant_row(1, 2, "float64").dtype == np.float64
    )
    with pytest.raises(ValueError, match="read-only"):
        short[0] = 2


def test_their_memory_goes_with_the_last():
    row = constant_row(3, 10, "float32")
    assert (3, row.dtype) in _constant_rows._longest
    del row
    gc.collect()
    assert (3, np.dtype("float32")) not in _constant_rows._longest
