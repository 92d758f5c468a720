import warnings

import numpy as np
import pytest

pytest.importorskip("pandas")

from lamina import models
from lamina.cli._columns import Column
from lamina.cli._network import build_network
from lamina.cli._target import Target

COLUMNS = [
    Column("n", "numeric", has_missing=True, median=2.0, mean=1.0, variance=4.0),
    Column("c", "nominal", levels=["x", "", "y"]),
    Column("size of it/all", "ordinal", levels=["low", "mid", "high"], median=2.0, mean=2.0, variance=1.0),
    Column("gone", "left out"),
]
ROWS = {
    "n": np.array([5.0, np.nan, 1.0], "float32"),
    "c": np.array(["y", "", "never seen"]),
    "size of it/all": np.array(["high", "", "low"]),
}


def features(model, rows):
    """What the first dense layer is given."""
    inside = models.Model(model.input, model.get_layer("output").input)
    return np.asarray(inside(rows))


def test_columns_become_features():
    model = build_network(COLUMNS, Target("t", "number", mean=10.0, variance=9.0), ())
    found = features(model, ROWS)
    # standardised number and level, whether the number was missing, one-hot of x, "", y
    np.testing.assert_allclose(found[0], [2, 1, 0, 0, 0, 1], atol=1e-6)
    np.testing.assert_allclose(found[1], [0.5, 0, 1, 0, 1, 0], atol=1e-6)
    np.testing.assert_allclose(found[2], [0, -1, 0, 0, 0, 0], atol=1e-6)


def test_a_number_comes_in_its_own_units():
    model = build_network(COLUMNS, Target("t", "number", mean=10.0, variance=9.0), (4,))
    model.get_layer("output").set_weights([np.zeros((4, 1)), np.ones(1)])
    np.testing.assert_allclose(np.asarray(model(ROWS)), [[13.0]] * 3)


@pytest.mark.parametrize(
    ("target", "units", "activation"),
    [(Target("t", "two classes", ["a", "b"]), 1, "sigmoid"), (Target("t", "classes", ["a", "b", "c"]), 3, "softmax")],
)
def test_classes_come_as_probabilities(target, units, activation):
    model = build_network(COLUMNS, target, (4,))
    outputs = np.asarray(model(ROWS))
    assert outputs.shape == (3, units) and (outputs > 0).all() and (outputs < 1).all()
    assert model.get_layer("output").activation.__name__ == activation


def test_the_file_takes_raw_columns(tmp_path):
    model = build_network(COLUMNS, Target("t", "classes", ["a", "b", "c"]), (4,))
    expected = np.asarray(model(ROWS))
    model.save(tmp_path / "m.keras")
    loaded = models.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(np.asarray(loaded(ROWS)), expected)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the missing number
        np.testing.assert_allclose(loaded.predict(ROWS, verbose=0), expected, rtol=1e-6)


def test_awkward_column_names():
    columns = [Column(name, "numeric") for name in ("a b", "a/b", "%", "output", "features")]
    model = build_network(columns, Target("t", "number"), (2,))
    assert len(set(model.input_names)) == 5
    rows = {c.name: np.ones(2, "float32") for c in columns}
    assert np.asarray(model(rows)).shape == (2, 1)
