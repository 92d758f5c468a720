"""Regularizers and constraints against real Keras."""

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from lamina import constraints, regularizers  # noqa: E402

pytestmark = pytest.mark.peer
X = np.random.default_rng(0).standard_normal((4, 3)).astype("float32")
CASES = [
    ("regularizers", "L1", {"l1": 0.3}),
    ("regularizers", "L2", {"l2": 0.3}),
    ("regularizers", "L1L2", {"l1": 0.1, "l2": 0.2}),
    ("regularizers", "OrthogonalRegularizer", {}),
    ("regularizers", "OrthogonalRegularizer", {"mode": "columns", "factor": 0.2}),
    ("constraints", "MaxNorm", {"max_value": 0.8}),
    ("constraints", "MaxNorm", {"axis": [0, 1]}),
    ("constraints", "MinMaxNorm", {"min_value": 0.5, "max_value": 0.7, "rate": 0.3, "axis": 1}),
    ("constraints", "NonNeg", {}),
    ("constraints", "UnitNorm", {"axis": 1}),
]


@pytest.mark.parametrize("x", [X, X * 0.1, X * 0], ids=["normal", "small", "zero"])
@pytest.mark.parametrize(("space", "name", "arguments"), CASES)
def test_value_and_config(space, name, arguments, x):
    home = {"regularizers": regularizers, "constraints": constraints}[space]
    ours, theirs = getattr(home, name)(**arguments), getattr(getattr(keras, space), name)(**arguments)
    expected = keras.ops.convert_to_numpy(theirs(keras.ops.convert_to_tensor(x)))
    np.testing.assert_allclose(ours(x), expected, rtol=2e-6, atol=1e-6)
    assert type(getattr(keras, space).deserialize(home.serialize(ours))).__name__ == name
    back = home.deserialize(getattr(keras, space).serialize(theirs)).get_config()
    assert back.pop("axis", None) == ours.get_config().get("axis")
    assert back == pytest.approx({key: value for key, value in ours.get_config().items() if key != "axis"})
