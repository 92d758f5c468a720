"""A function of one's own is told by what it gives."""

import numpy as np
import pytest

import lamina
from lamina import ops
from lamina.diagnosis._told_by_values import told_by_values


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda t: 1 / (1 + ops.exp(-t)), "sigmoid"),
        (lambda t: 2 * ops.sigmoid(2 * t) - 1, "tanh"),
        (lambda t: ops.maximum(t, 0), "relu"),
        (lambda t: ops.log(1 + ops.exp(t)), "softplus"),
        (lambda t: ops.exp(t) / ops.sum(ops.exp(t), -1, keepdims=True), "softmax"),
        (lambda t: ops.exp(t) / ops.sum(ops.exp(t), 0), "softmax over another axis"),
        (lambda t: 5 * ops.sigmoid(t), None),
        (lambda t: t, None),
        (lambda t: t[:, :1], None),
        (lambda t: 1 / 0, None),
    ],
)
def test_activations_of_ones_own(function, name):
    assert told_by_values(function) == name


def test_no_number_is_drawn_by_it():
    seed = lamina.random.SeedGenerator(0)
    before = np.array(seed.state.numpy())
    told_by_values(lambda t: t + lamina.random.normal((2, 4), seed=seed))
    assert np.array_equal(seed.state.numpy(), before)
