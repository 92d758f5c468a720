"""Regularizers from their definitions; configs, names, mistakes."""

import numpy as np
import pytest

from lamina import regularizers
from lamina.engines import engine
from lamina.variables import Variable

X = np.array([[1.0, -2.0], [3.0, 0.5]], "float32")


def test_definitions():
    assert float(regularizers.L1(0.1)(X)) == pytest.approx(0.65)
    assert float(regularizers.L2(0.1)(X)) == pytest.approx(1.425)
    assert float(regularizers.L1L2(0.1, 0.2)(X)) == pytest.approx(0.65 + 2.85)
    assert float(regularizers.L1L2()(X)) == 0.0
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    assert float(regularizers.OrthogonalRegularizer(0.3)(X)) == pytest.approx(0.3 * abs(unit[0] @ unit[1]), rel=1e-5)
    assert float(regularizers.OrthogonalRegularizer(mode="columns")(np.eye(3, dtype="float32"))) == 0.0


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
