"""What a traced function computes on its way, for other values."""

import numpy as np
import pytest

from lamina import ops
from lamina.engines import native


def traced(function, *specs):
    """The tensors of a trace: the inputs, and what the function returns."""
    kept = []

    def noting(*inputs):
        kept.append((inputs, function(*inputs)))
        return kept[0][1][-1]

    native.spec(noting, *(native.Spec(shape, "float32") for shape in specs))
    return kept[0]


def test_values_on_the_way_are_computed_for_what_is_given():
    inputs, (middle, end) = traced(lambda x, w: (h := ops.matmul(x, w), ops.sum(ops.relu(h))), (3, 2), (2, 4))
    x, w = np.arange(6, dtype="float32").reshape(3, 2) - 3, np.linspace(-1, 1, 8, dtype="float32").reshape(2, 4)
    of = native.recall([end, middle], inputs)
    for sign in (1, -1):  # and again for others
        total, product = of([sign * x, w])
        np.testing.assert_allclose(product, sign * x @ w, rtol=1e-6)
        np.testing.assert_allclose(total, np.maximum(sign * x @ w, 0).sum(), rtol=1e-6)


def test_what_is_given_in_the_middle_is_not_computed():
    _, (middle, end) = traced(lambda x: (h := ops.exp(x), ops.sum(h)), (3,))
    (total,) = native.recall([end], [middle])([np.ones(3, "float32")])
    assert total == 3


def test_what_is_wanted_may_be_given():
    (x,), _ = traced(lambda x: (ops.exp(x),), (3,))
    (same,) = native.recall([x], [x])([np.arange(3.0)])
    np.testing.assert_array_equal(same, np.arange(3.0))


def test_an_input_that_is_missing_is_an_error():
    (x, _), (end,) = traced(lambda x, w: (ops.add(x, w),), (3,), (3,))
    with pytest.raises(KeyError):
        native.recall([end], [x])([np.zeros(3)])
