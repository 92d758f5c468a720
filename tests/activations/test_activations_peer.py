"""Every activation against real Keras."""

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from lamina import activations, ops  # noqa: E402

pytestmark = pytest.mark.peer
X = np.concatenate([np.linspace(-8, 8, 66), [0.0, 1.0, -1.0, 3.0, -3.0, 0.5, -0.5, 30.0, -30.0, 6.0]]).astype("float32")
NAMES = sorted(
    n
    for n, f in vars(keras.activations).items()
    if callable(f) and n not in ("get", "serialize", "deserialize", "sparsemax")
)  # Keras's sparsemax gives rows that do not sum to one; test_activations.py has ours from its definition.
ARGUMENTS = [
    ("relu", {"negative_slope": 0.1, "max_value": 2.0, "threshold": 0.5}),
    ("relu", {"threshold": -1.0}),
    ("relu", {"threshold": 1.0, "negative_slope": 0.3}),
    ("relu", {"max_value": 6}),
    ("leaky_relu", {"negative_slope": 0.4}),
    ("elu", {"alpha": 0.5}),
    ("celu", {"alpha": 0.5}),
    ("gelu", {"approximate": True}),
    ("squareplus", {"b": 2}),
    ("hard_shrink", {"threshold": 0.2}),
    ("soft_shrink", {"threshold": 0.2}),
    ("softmax", {"axis": 0}),
    ("log_softmax", {"axis": 0}),
    ("glu", {"axis": 0}),
]


def agree(name, arguments, x):
    expected = keras.ops.convert_to_numpy(getattr(keras.activations, name)(keras.ops.convert_to_tensor(x), **arguments))
    got = getattr(activations, name)(x, **arguments)
    assert ops.dtype(got) == ops.dtype(expected)
    np.testing.assert_allclose(got, expected, rtol=3e-6, atol=2e-6)


@pytest.mark.parametrize("name", NAMES)
def test_activation(name):
    arguments = {"threshold": 0.3, "default_value": -2.0} if name == "threshold" else {}
    agree(name, arguments, X.reshape(19, 4))


@pytest.mark.parametrize(("name", "arguments"), ARGUMENTS)
def test_activation_with_arguments(name, arguments):
    agree(name, arguments, X.reshape(38, 2))


@pytest.mark.parametrize("name", NAMES)
def test_names(name):
    assert keras.activations.deserialize(activations.serialize(getattr(activations, name))) is getattr(
        keras.activations, name
    )
