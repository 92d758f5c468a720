"""How many numbers a vector has."""

import numpy as np
import pytest

from lamina.engines.native.machine import _vectors
from lamina.engines.native.machine._vectors import Vectors


@pytest.mark.parametrize("dtype, lanes", [("float32", 16), ("float64", 8), ("float16", 0), ("int32", 0), ("bool", 0)])
def test_floats_have_vectors_where_registers_are_many(dtype, lanes, monkeypatch):
    monkeypatch.setattr(_vectors, "has_avx512", lambda: True)
    assert Vectors.lanes(np.dtype(dtype)) == lanes
    monkeypatch.setattr(_vectors, "has_avx512", lambda: False)
    assert Vectors.lanes(np.dtype(dtype)) == 0
