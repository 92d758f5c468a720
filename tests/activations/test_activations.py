"""Activations from their definitions; names and configs."""

import math

import numpy as np
import pytest

from lamina import activations, ops
from lamina.engines import engine

X = np.array([-7.0, -2.5, -1.0, -0.3, 0.0, 0.4, 1.0, 2.0, 6.5], "float32")
erf = np.vectorize(math.erf)
sig = 1 / (1 + np.exp(-X))
DEFINITIONS = {
    "relu": np.maximum(X, 0),
    "relu6": np.clip(X, 0, 6),
    "leaky_relu": np.where(X > 0, X, 0.2 * X),
    "sigmoid": sig,
    "tanh": np.tanh(X),
    "softmax": np.exp(X) / np.exp(X).sum(),
    "log_softmax": X - np.log(np.exp(X).sum()),
    "softplus": np.log1p(np.exp(X)),
    "softsign": X / (1 + abs(X)),
    "exponential": np.exp(X),
    "linear": X,
    "step": (X > 0) * 1.0,
    "elu": np.where(X > 0, X, np.expm1(X)),
    "celu": np.where(X > 0, X, np.expm1(X)),
    "selu": 1.0507009873554805 * np.where(X > 0, X, 1.6732632423543772 * np.expm1(X)),
    "gelu": X * 0.5 * (1 + erf(X / math.sqrt(2))),
    "silu": X * sig,
    "mish": X * np.tanh(np.log1p(np.exp(X))),
    "hard_sigmoid": np.clip(X + 3, 0, 6) / 6,
    "hard_silu": X * np.clip(X + 3, 0, 6) / 6,
    "hard_tanh": np.clip(X, -1, 1),
    "hard_shrink": np.where(abs(X) > 0.5, X, 0),
    "soft_shrink": np.sign(X) * np.maximum(abs(X) - 0.5, 0),
    "tanh_shrink": X - np.tanh(X),
    "log_sigmoid": np.log(sig),
    "sparse_plus": np.where(X <= -1, 0, np.where(X >= 1, X, (X + 1) ** 2 / 4)),
    "sparse_sigmoid": np.clip((X + 1) / 2, 0, 1),
    "squareplus": (X + np.sqrt(X**2 + 4)) / 2,
    "sparsemax": np.eye(9)[8],
}
OTHERS = {"glu", "threshold"}
HELPERS = {"get", "serialize", "deserialize"}


def test_every_activation_has_a_definition():
    names = {n for n in activations.__all__ if getattr(activations, n).__name__ == n}
    assert names == set(DEFINITIONS) | OTHERS | HELPERS


@pytest.mark.parametrize("name", DEFINITIONS)
def test_definition(name):
    function = getattr(activations, name)
    for got in (function(X), engine.compile(function)(X)):
        np.testing.assert_allclose(got, DEFINITIONS[name], rtol=1e-5, atol=2e-6)
        assert ops.dtype(got) == "float32"
    assert activations.get(name) is function
    assert activations.serialize(function) == name
    assert activations.deserialize(name) is function


def test_glu_and_threshold():
    np.testing.assert_allclose(activations.glu(np.array([1.0, 2.0, 0.0, 0.0], "float32")), [0.5, 1.0])
    assert activations.threshold(X, 0.5, -9.0).tolist()[4:7] == [-9.0, -9.0, 1.0]


def project_on_simplex(row):
    """The nearest point of the simplex: max(row - t, 0) with t such that it sums to one, found by bisection."""
    low, high = row.min() - 1.0, row.max()
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if np.maximum(row - middle, 0).sum() > 1 else (low, middle)
    return np.maximum(row - low, 0)


def test_sparsemax_is_the_projection_on_the_simplex():
    x = np.random.default_rng(0).standard_normal((20, 6)).astype("float32") * 2 - 1
    expected = [project_on_simplex(row.astype("float64")) for row in x]
    np.testing.assert_allclose(activations.sparsemax(x), expected, atol=1e-5)
    np.testing.assert_allclose(activations.sparsemax(x.T, axis=0), np.transpose(expected), atol=1e-5)


def test_relu_with_everything():
    got = activations.relu(X, negative_slope=0.1, max_value=2.0, threshold=0.5)
    expected = np.where(X >= 2, 2, np.where(X > 0.5, X, 0.1 * (X - 0.5)))
    np.testing.assert_allclose(got, expected, rtol=1e-6)


def test_step_has_no_gradient():
    _, gradient = engine.value_and_grad(lambda x: activations.step(x).sum())(X)
    assert not ops.any(gradient)
    assert activations.step(np.array([0.0, 1e-6], "float32")).tolist() == [0.0, 1.0]


def test_softmax_of_a_thousand():
    assert activations.softmax(np.array([[1000.0, 0.0]], "float32")).tolist() == [[1.0, 0.0]]


def test_get():
    assert activations.get(None) is activations.linear
    assert activations.get("swish") is activations.silu
    assert activations.get(math.tanh) is math.tanh
    with pytest.raises(ValueError, match="relu6"):
        activations.get("relu7")
    with pytest.raises(ValueError, match="3"):
        activations.get(3)
