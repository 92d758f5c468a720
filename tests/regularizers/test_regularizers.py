"""Regularizers from their definitions; configs, names, mistakes."""

import numpy as np
import pytest

from lamina import regularizers
from lamina.engines import engine
from lamina.variables import Variable

X = np.array([[1.0, -2.0], [3.0, 0.5]], "float32")


def cosines(rows):
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return np.abs(np.triu(unit @ unit.T, 1)).sum() / (len(rows) * (len(rows) - 1) / 2)


DEFINITIONS = [
    (regularizers.L1, {}, lambda x: 0.01 * np.abs(x).sum()),
    (regularizers.L1, {"l1": 0.3}, lambda x: 0.3 * np.abs(x).sum()),
    (regularizers.L1, {"l1": 0.0}, lambda x: 0.0),
    (regularizers.L2, {}, lambda x: 0.01 * np.square(x).sum()),
    (regularizers.L2, {"l2": 0.3}, lambda x: 0.3 * np.square(x).sum()),
    (regularizers.L1L2, {}, lambda x: 0.0),
    (regularizers.L1L2, {"l1": 0.3}, lambda x: 0.3 * np.abs(x).sum()),
    (regularizers.L1L2, {"l2": 0.3}, lambda x: 0.3 * np.square(x).sum()),
    (regularizers.L1L2, {"l1": 0.3, "l2": 0.7}, lambda x: 0.3 * np.abs(x).sum() + 0.7 * np.square(x).sum()),
    (regularizers.OrthogonalRegularizer, {}, lambda x: 0.01 * cosines(x)),
    (regularizers.OrthogonalRegularizer, {"factor": 0.3}, lambda x: 0.3 * cosines(x)),
    (regularizers.OrthogonalRegularizer, {"factor": 0.3, "mode": "columns"}, lambda x: 0.3 * cosines(x.T)),
]


@pytest.mark.parametrize(
    "x", [X, np.zeros((2, 2)), np.arange(-6, 6).reshape(4, 3) + 0.5], ids=["small", "zero", "tall"]
)
@pytest.mark.parametrize(
    ("cls", "options", "definition"), DEFINITIONS, ids=lambda v: str(v) if isinstance(v, dict) else ""
)
def test_definitions(cls, options, definition, x):
    x = np.asarray(x, "float64")
    np.testing.assert_allclose(cls(**options)(x), definition(x), rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize(("cls", "options", "definition"), DEFINITIONS, ids=lambda v: "")
def test_lists_are_matrices_too(cls, options, definition):
    np.testing.assert_allclose(cls(**options)(X.tolist()), definition(X.astype("float64")), rtol=1e-5)


@pytest.mark.parametrize("cls", [regularizers.L1, regularizers.L2, regularizers.L1L2])
def test_infinite_weights_show(cls):
    assert np.isinf(float(cls(0.1)(np.array([1.0, -np.inf]))))
    assert np.isnan(float(cls(0.1)(np.array([1.0, np.nan]))))


@pytest.mark.parametrize("name", ["L1", "L2", "L1L2", "OrthogonalRegularizer"])
def test_contract(name):
    regularizer = getattr(regularizers, name)()
    config = regularizers.serialize(regularizer)
    assert (config["module"], config["class_name"]) == ("keras.regularizers", name)
    back = regularizers.deserialize(config)
    assert (type(back), back.get_config()) == (type(regularizer), regularizer.get_config())
    np.testing.assert_allclose(engine.compile(lambda x: regularizer(x))(X), regularizer(X), rtol=1e-6)
    np.testing.assert_allclose(regularizer(Variable(X)), regularizer(X))
    assert type(regularizers.get(name)) is type(regularizer)


def test_get():
    assert type(regularizers.get("l1_l2")) is type(regularizers.get("l1l2")) is regularizers.L1L2
    assert regularizers.get(None) is None
    assert regularizers.get(abs) is abs
    for bad in ("l3", 0.01):
        with pytest.raises(ValueError, match="regularizer"):
            regularizers.get(bad)
    with pytest.raises(ValueError, match="l2"):
        regularizers.L2(-1)
    with pytest.raises(ValueError, match="matrix"):
        regularizers.OrthogonalRegularizer()(np.zeros(3))
