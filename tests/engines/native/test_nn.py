"""Kernels that have no primitive of their own."""

import numpy as np
import pytest

from lamina import ops
from lamina.engines import native


def exact(a, b):
    return np.matmul(a.astype("int64"), b.astype("int64"))


@pytest.mark.parametrize(
    "left, right",
    [((3, 7), (7, 4)), ((3, 1024), (1024, 2)), ((2, 1025), (1025, 3)), ((5000,), (5000,)), ((2, 3, 2100), (2100, 2)),
     ((4, 1, 3, 9), (2, 9, 5)), ((3000,), (3000, 2)), ((2, 3000), (3000,)), ((2, 0), (0, 3))],
)  # fmt: skip
@pytest.mark.parametrize("compiled", [False, True])
def test_products_of_int8_are_exact(left, right, compiled):
    rng = np.random.default_rng(0)
    for a, b in (
        (np.full(left, -128, "int8"), np.full(right, -128, "int8")),
        (rng.integers(-128, 128, left).astype("int8"), rng.integers(-128, 128, right).astype("int8")),
    ):
        product = native.compile(ops.matmul) if compiled else ops.matmul
        got = np.asarray(product(a, b))
        assert got.dtype == np.int32
        np.testing.assert_array_equal(got, exact(a, b))


@pytest.mark.parametrize("starts", [(0, 1), (2, 9), (-1, 0)])
def test_a_window_at_a_known_place_is_a_slice(starts):
    x = np.arange(20.0).reshape(4, 5)
    sliced = native.compile(lambda x: native.nn.dynamic_slice(x, np.array(starts, "int32"), (2, 3)))
    moved = native.compile(lambda x, starts: native.nn.dynamic_slice(x, starts, (2, 3)))
    expected = native.nn.dynamic_slice(x, starts, (2, 3))
    for found in (sliced(x), moved(x, np.array(starts, "int32"))):
        np.testing.assert_array_equal(found, expected)
    names = [[n.primitive.name for n in f.plans[0].graph.nodes] for f in (sliced, moved)]
    assert "dynamic_slice" not in names[0] and "dynamic_slice" in names[1]
