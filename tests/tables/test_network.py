import warnings
from dataclasses import replace

import numpy as np
import pytest

from lamina import models
from lamina.tables import _network
from lamina.tables._bins import bins_of
from lamina.tables._columns import Column
from lamina.tables._network import Head, Shape, build_core, build_model, feature_model
from lamina.tables._target import Target

COLUMNS = [
    Column("n", "numeric", has_missing=True, median=2.0, mean=1.0, variance=4.0, spread=1.5),
    Column("c", "nominal", levels=["x", "", "y"]),
    Column("size of it/all", "ordinal", levels=["low", "mid", "high"], median=2.0, mean=2.0, variance=1.0, spread=1.0),
    Column("gone", "left out"),
]
ROWS = {
    "n": np.array([[5.0], [np.nan], [1.0]], "float32"),
    "c": np.array([["y"], [""], ["never seen"]]),
    "size of it/all": np.array([["high"], [""], ["low"]]),
}
NUMBER = Target("t", "number", mean=10.0, variance=9.0)
SHAPE = Shape((4, 3), members=2, embedding=3)


def linear(target, kernel, bias):
    return Head(COLUMNS, target, [np.asarray(kernel, "float32"), np.asarray(bias, "float32")])


def test_columns_become_features():
    model, numbers = feature_model(COLUMNS)
    for_linear, for_network = (np.asarray(f) for f in model(ROWS))
    # number and level, whether the number was missing, one-hot of x, "", y
    others = [[0, 0, 0, 1], [1, 0, 1, 0], [0, 0, 0, 0]]
    np.testing.assert_allclose(for_linear, np.hstack([others, [[2, 1], [0.5, 0], [0, -1]]]), atol=1e-6)
    steep = np.array([[(5 - 2) / 1.5, 1], [0, 0], [(1 - 2) / 1.5, -1]])
    np.testing.assert_allclose(for_network, np.hstack([steep / np.sqrt(1 + (steep / 3) ** 2), others]), atol=1e-6)
    assert numbers == 2


def test_dates_become_days_and_cycles():
    column = Column("d", "date", median=10.0, mean=10.0, variance=4.0, levels=["week"], style="year first")
    model, numbers = feature_model([column])
    found = np.asarray(model({"d": np.array([[12.0]], "float32")})[0])[0]
    angles = 2 * np.pi * 12 / 7 * np.array([1, 2, 3])
    np.testing.assert_allclose(found, [*np.sin(angles), *np.cos(angles), 1.0], atol=1e-5)
    assert numbers == 1


def test_a_number_comes_in_its_own_units_and_heads_are_averaged():
    one, two = linear(NUMBER, np.zeros((6, 1)), [1.0]), linear(NUMBER, np.zeros((6, 1)), [3.0])
    np.testing.assert_allclose(np.asarray(build_model([one])(ROWS)), [[13.0]] * 3, rtol=1e-6)
    np.testing.assert_allclose(np.asarray(build_model([one, two])(ROWS)), [[16.0]] * 3, rtol=1e-6)


SHAPES = [SHAPE, replace(SHAPE, bins=3), replace(SHAPE, embedding=1, bins=3), replace(SHAPE, embedding=1)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("target", [NUMBER, Target("t", "two classes", ["a", "b"]), Target("t", "classes", [*"abc"])])
def test_what_is_written_gives_what_was_trained(target, shape):
    """Waves, bins, shared kernels and the mean of the members, in the layers of the file and by hand."""
    features = np.asarray(feature_model(COLUMNS)[0](ROWS)[1])
    core = build_core(6, 2, target.units, shape, seed=3)
    if shape.bins:
        start = core.get_weights()
        start[shape.wave_weights : shape.wave_weights + 2] = bins_of(features[:, :2], 3)
        core.set_weights(start)
    logits = np.asarray(core(features), "float64")
    if target.kind == "number":
        expected = logits.mean(axis=1) * 3 + 10
    elif target.kind == "two classes":
        expected = (1 / (1 + np.exp(-logits))).mean(axis=1)
    else:
        expected = (np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)).mean(axis=1)
    model = build_model([Head(COLUMNS, target, core.get_weights(), shape)])
    np.testing.assert_allclose(np.asarray(model(ROWS)), expected, rtol=1e-4, atol=1e-5)


def test_the_models_of_a_round_share_its_preprocessing():
    weights = build_core(6, 2, 1, SHAPE, seed=3).get_weights()
    lookups = [
        sum(type(layer).__name__ == "StringLookup" for layer in build_model(heads).layers)
        for heads in ([Head(COLUMNS, NUMBER, weights, SHAPE)], [Head(COLUMNS, NUMBER, weights, SHAPE)] * 3)
    ]
    assert lookups[0] == lookups[1] > 0


def test_the_members_differ_from_the_start():
    core = build_core(6, 2, 1, SHAPE, seed=3)
    outputs = np.asarray(core(np.ones((1, 6), "float32")))
    assert outputs.shape == (1, 2, 1) and outputs[0, 0, 0] != outputs[0, 1, 0]


def test_the_file_takes_raw_columns(tmp_path):
    target = Target("t", "classes", ["a", "b", "c"])
    model = build_model([Head(COLUMNS, target, build_core(6, 2, 3, SHAPE, seed=0).get_weights(), SHAPE)])
    expected = np.asarray(model(ROWS))
    model.save(tmp_path / "m.keras")
    loaded = models.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(np.asarray(loaded(ROWS)), expected)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the missing number
        flat = {name: values[:, 0] for name, values in ROWS.items()}
        np.testing.assert_allclose(loaded.predict(flat, verbose=0), expected, rtol=1e-6)


def test_awkward_column_names():
    columns = [Column(name, "numeric") for name in ("a b", "a/b", "%", "output", "features")]
    model = build_model([Head(columns, Target("t", "number"), [np.ones((5, 1)), np.zeros(1)])])
    assert len(set(model.input_names)) == 5
    rows = {c.name: np.ones(2, "float32") for c in columns}
    np.testing.assert_allclose(np.asarray(model(rows)), [[5.0]] * 2)


MANY = [
    Column("n", "numeric", median=2.0, mean=1.0, variance=4.0, spread=1.5),
    Column("c", "nominal", levels=["x", "y", "", "z"], many=True),
    Column("d", "nominal", levels=["u", "v"]),
]
FOUR = {
    "n": np.array([[5.0], [3.0], [1.0], [2.0]], "float32"),
    "c": np.array([["z"], ["never seen"], ["x"], [""]]),
    "d": np.array([["u"], ["v"], ["u"], ["w"]]),
}


def test_many_categories_are_places_for_the_network_and_the_frequent_ones_one_hot(monkeypatch):
    monkeypatch.setattr(_network, "MOST_LEVELS", 2)
    model, numbers = feature_model(MANY)
    for_linear, for_network = (np.asarray(f) for f in model(FOUR))
    np.testing.assert_array_equal(for_network[:, numbers:], [[4, 1, 0], [0, 0, 1], [1, 1, 0], [3, 0, 0]])
    one_hot = [[0, 0], [0, 0], [1, 0], [0, 0]]  # of x and y
    np.testing.assert_array_equal(
        np.delete(for_linear, 2, axis=1), np.hstack([[[1, 0], [0, 1], [1, 0], [0, 0]], one_hot])
    )


def test_what_is_written_embeds_as_what_was_trained():
    core = build_core(4, 1, 1, SHAPE, seed=3, sizes=(5,))
    rng = np.random.default_rng(0)
    core.set_weights([rng.normal(size=w.shape).astype("float32") for w in core.get_weights()])
    features = np.asarray(feature_model(MANY)[0](FOUR)[1])
    wanted = np.asarray(core(features)).mean(axis=1) * 3 + 10
    written = build_model([Head(MANY, NUMBER, core.get_weights(), SHAPE)])
    np.testing.assert_allclose(np.asarray(written(FOUR)), wanted, rtol=1e-4)


def test_a_category_that_is_never_seen_begins_and_stays_in_the_middle():
    core = build_core(1, 0, 1, SHAPE, seed=0, sizes=(4,))
    (table,) = [w for w in core.get_weights() if w.shape[0] == 4 and w.shape[1] == 16]
    assert not table.any()
