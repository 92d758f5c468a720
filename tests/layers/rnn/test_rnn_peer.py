"""Recurrent layers against Keras's, with copied weights."""

import json

import numpy as np
import pytest

from lamina import layers, tree
from lamina.layers import Input
from lamina.models import Model, load_model

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.peer

rng = np.random.default_rng(4)
X = rng.normal(size=(3, 6, 4)).astype("float32")
MASK = np.array([[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1], [1, 1, 0, 1, 1, 0]], bool)
KINDS = ["SimpleRNN", "LSTM", "GRU", "GRU0"]
OPTIONS = [
    {"return_sequences": True},
    {"return_state": True, "go_backwards": True},
    {"return_sequences": True, "return_state": True, "go_backwards": True, "use_bias": False},
]


def as_numpy(x):
    x = x.detach().cpu() if hasattr(x, "detach") else x
    return np.asarray(x)


def make(library, kind, **options):
    if kind == "GRU0":
        return library.GRU(5, reset_after=False, **options)
    return getattr(library, kind)(5, **options)


def alike(theirs, ours, *args, **kwargs):
    """Ours gets random weights, theirs a copy; both are called."""
    theirs(X), ours(X)
    weights = [rng.normal(size=w.shape).astype("float32") * 0.5 for w in ours.weights]
    assert [w.path.split("/")[-2:] for w in ours.weights] == [w.path.split("/")[-2:] for w in theirs.weights]
    theirs.set_weights(weights)
    ours.set_weights(weights)
    same(theirs(X, *args, **kwargs), ours(X, *args, **kwargs))


def same(a, b):
    a, b = tree.flatten(a), tree.flatten(b)
    assert len(a) == len(b)
    for x, y in zip(a, b):
        np.testing.assert_allclose(as_numpy(x), as_numpy(y), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_and_states(kind, options):
    ours = make(layers, kind, **options)
    states = [rng.normal(size=(3, 5)).astype("float32") for _ in ours.state_size]
    alike(make(keras.layers, kind, **options), ours)
    alike(make(keras.layers, kind, **options), make(layers, kind, **options), initial_state=states)


@pytest.mark.parametrize("options", [*OPTIONS, {"return_sequences": True, "zero_output_for_mask": True}])
@pytest.mark.parametrize("kind", KINDS)
def test_masks(kind, options):
    alike(make(keras.layers, kind, **options), make(layers, kind, **options), mask=MASK)


@pytest.mark.parametrize("kind", KINDS)
def test_stateful(kind):
    theirs, ours = make(keras.layers, kind, stateful=True), make(layers, kind, stateful=True)
    theirs(X), ours(X)
    theirs.set_weights(ours.get_weights())
    theirs.reset_state(), ours.reset_state()
    for _ in range(2):
        same(theirs(X), ours(X))


@pytest.mark.parametrize("mode", ["concat", "sum", "mul", "ave", None])
@pytest.mark.parametrize("options", [{}, {"return_sequences": True}, {"return_sequences": True, "return_state": True}])
@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_bidirectional(kind, options, mode):
    for mask in (None, MASK):
        theirs, ours = (
            library.Bidirectional(make(library, kind, **options), merge_mode=mode) for library in (keras.layers, layers)
        )
        alike(theirs, ours, **({} if mask is None else {"mask": mask}))


def test_stacked_cells_and_time_distributed():
    def stacked(library):
        return library.RNN([library.LSTMCell(4), library.GRUCell(3)], return_sequences=True, return_state=True)

    alike(stacked(keras.layers), stacked(layers))
    alike(*(library.TimeDistributed(library.Dense(3)) for library in (keras.layers, layers)))


@pytest.mark.parametrize("name", ["lstm", "bidirectional", "stacked"])
def test_files_go_both_ways(name, tmp_path):
    def build(library, model, make_input):
        x = make_input((6, 4))
        layer = {
            "lstm": lambda: library.LSTM(3, return_sequences=True),
            "bidirectional": lambda: library.Bidirectional(library.GRU(3)),
            "stacked": lambda: library.RNN([library.LSTMCell(4), library.SimpleRNNCell(3)]),
        }[name]()
        return model(x, layer(x))

    ours, theirs = build(layers, Model, Input), build(keras.layers, keras.Model, keras.Input)
    ours.save(tmp_path / "ours.keras")
    theirs.save(tmp_path / "theirs.keras")
    same(keras.models.load_model(tmp_path / "ours.keras")(X), ours(X))
    same(load_model(tmp_path / "theirs.keras")(X), theirs(X))


@pytest.mark.parametrize("kind", ["SimpleRNNCell", "LSTMCell", "GRUCell"])
def test_cells(kind):
    theirs, ours = getattr(keras.layers, kind)(5), getattr(layers, kind)(5)
    states = ours.get_initial_state(batch_size=3)
    theirs(X[:, 0], [np.asarray(s) for s in states]), ours(X[:, 0], states)
    theirs.set_weights(ours.get_weights())
    states = [rng.normal(size=(3, 5)).astype("float32") for _ in states]
    same(theirs(X[:, 0], states), ours(X[:, 0], states))
    read = layers.deserialize(json.loads(json.dumps(keras.layers.serialize(theirs))))
    assert read.get_config().keys() == theirs.get_config().keys()


@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM", "GRU"])
def test_ten_training_steps(kind):
    target = rng.normal(size=(3, 5)).astype("float32")
    ours = Model(x := Input((6, 4)), make(layers, kind)(x))
    theirs = keras.Model(x := keras.Input((6, 4)), make(keras.layers, kind)(x))
    theirs.set_weights(ours.get_weights())
    losses = []
    for model in (ours, theirs):
        model.compile("adam", "mse")
        losses.append(model.fit(X, target, epochs=6, shuffle=False, verbose=0).history["loss"])
    np.testing.assert_allclose(*losses, rtol=1e-5)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=2e-5)


@pytest.mark.parametrize("zero", [False, True])
@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM", "GRU"])
def test_training_steps_under_a_mask(kind, zero):
    ids = rng.integers(1, 9, (12, 7)) * (rng.random((12, 7)) < 0.7)
    target = rng.normal(size=(12, 5)).astype("float32")

    def build(library, model, start):
        x = start((7,))
        h = library.Embedding(9, 4, mask_zero=True)(x)
        h = library.Bidirectional(make(library, kind, return_sequences=True))(h)
        h = make(library, kind, return_sequences=True, zero_output_for_mask=zero)(h)
        return model(x, make(library, kind, go_backwards=True)(h))

    ours, theirs = build(layers, Model, Input), build(keras.layers, keras.Model, keras.Input)
    theirs.set_weights(ours.get_weights())
    losses = []
    for model in (ours, theirs):
        model.compile("sgd", "mse")
        losses.append(model.fit(ids, target, batch_size=12, epochs=6, shuffle=False, verbose=0).history["loss"])
    np.testing.assert_allclose(*losses, rtol=1e-5)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=2e-5)
