"""Constraints from their definitions; configs, names, mistakes."""

import numpy as np
import pytest

from lamina import constraints
from lamina.engines import engine
from lamina.variables import Variable

X = np.array([[3.0, -0.1], [4.0, 0.0]], "float32")


def test_definitions():
    np.testing.assert_allclose(constraints.MaxNorm(2)(X), [[1.2, -0.1], [1.6, 0.0]], rtol=1e-5)
    np.testing.assert_allclose(constraints.UnitNorm()(X), [[0.6, -1.0], [0.8, 0.0]], rtol=1e-5)
    np.testing.assert_allclose(constraints.NonNeg()(X), [[3.0, 0.0], [4.0, 0.0]])
    np.testing.assert_allclose(constraints.MinMaxNorm(1.0, 2.0)(X), [[1.2, -1.0], [1.6, 0.0]], rtol=1e-5)
    np.testing.assert_allclose(constraints.MinMaxNorm(1.0, 2.0, rate=0.5)(X), [[2.1, -0.55], [2.8, 0.0]], rtol=1e-5)
    assert not np.isnan(np.asarray(constraints.UnitNorm()(np.zeros((2, 2))))).any()


@pytest.mark.parametrize("name", ["MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"])
def test_contract(name):
    constraint = getattr(constraints, name)()
    config = constraints.serialize(constraint)
    assert (config["module"], config["class_name"]) == ("keras.constraints", name)
    back = constraints.deserialize(config)
    assert (type(back), back.get_config()) == (type(constraint), constraint.get_config())
    np.testing.assert_allclose(engine.compile(lambda w: constraint(w))(X), constraint(X), rtol=1e-6)
    np.testing.assert_allclose(constraint(Variable(X)), constraint(X))
    assert type(constraints.get(name)) is type(constraint)


def test_get():
    assert type(constraints.get("max_norm")) is type(constraints.get("maxnorm")) is constraints.MaxNorm
    assert constraints.get(None) is None
    for bad in ("biggest", 2):
        with pytest.raises(ValueError, match="constraint"):
            constraints.get(bad)
