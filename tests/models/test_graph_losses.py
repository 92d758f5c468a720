"""Losses that are added to a functional model on its symbolic tensors."""

import numpy as np
import pytest

import lamina
from lamina import layers, ops, saving
from lamina.layers import Dense, Input
from lamina.models import Model, Sequential, clone_model

x = np.random.default_rng(0).normal(size=(12, 3)).astype("float32")
y = np.random.default_rng(1).normal(size=(12, 2)).astype("float32")


def make(add=True):
    """y = x w, with 0.5 · mean((x v)²) added to the loss; v is in the model for that alone."""
    inputs = Input((3,))
    model = Model(inputs, Dense(2, use_bias=False, name="w")(inputs))
    side = Dense(1, use_bias=False, name="v")(inputs)
    if add:
        model.add_loss(0.5 * ops.mean(ops.square(side)))
    return model


def wanted(model):
    w, v = (model.get_layer(name).kernel.numpy() for name in "wv")
    return np.mean((x @ w - y) ** 2) + 0.5 * np.mean((x @ v) ** 2)


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_it_is_trained_and_evaluated(run_eagerly):
    model = make()
    assert [layer.name for layer in model.layers][1:] == ["w", "v"] and len(model.trainable_weights) == 2
    model.compile(lamina.optimizers.SGD(0.1), "mse", metrics=["mse"], run_eagerly=run_eagerly)
    before, v = wanted(model), model.get_layer("v").kernel.numpy()
    logs = model.evaluate(x, y, batch_size=12, verbose=0, return_dict=True)
    assert logs["loss"] == pytest.approx(before, rel=1e-5) and logs["mse"] < logs["loss"]
    assert model.train_on_batch(x, y)[0] == pytest.approx(before, rel=1e-5)
    np.testing.assert_allclose(model.get_layer("v").kernel.numpy(), v - 0.1 * x.T @ (x @ v) / 12, rtol=1e-4, atol=1e-6)
    assert model.fit(x, y, epochs=20, verbose=0).history["loss"][-1] < before
    (loss,) = model(x) is not None and model.losses
    np.testing.assert_allclose(loss, wanted(model) - np.mean((model.predict(x, verbose=0) - y) ** 2), rtol=1e-3)


def test_alone_and_as_several():
    model = make(add=False)
    side = Dense(1, use_bias=False, name="v")(model.input)
    model.add_loss([ops.sum(ops.abs(side)), ops.abs(side)])  # what is no scalar is summed
    model.compile("sgd")
    expected = 2 * np.abs(x @ model.get_layer("v").kernel.numpy()).sum()
    assert model.evaluate(x, batch_size=12, verbose=0) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_files(tmp_path, ending):
    model = make()
    model.compile("adam", "mse")
    model.fit(x, y, verbose=0)
    path = tmp_path / f"m.{ending}"
    model.save(path)
    again = saving.load_model(path)
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert again.evaluate(x, y, verbose=0) == pytest.approx(wanted(model), rel=1e-5)
    for m in (model, again):
        m.fit(x, y, epochs=2, shuffle=False, verbose=0)
    for a, b in zip(model.get_weights(), again.get_weights()):
        np.testing.assert_allclose(a, b, rtol=1e-6)
    weights = tmp_path / "m.weights.h5"
    model.save_weights(weights)
    fresh = make()
    fresh.load_weights(weights)
    np.testing.assert_array_equal(fresh.get_layer("v").kernel.numpy(), model.get_layer("v").kernel.numpy())


def test_layers_of_models_inside_stay_shared_in_files(tmp_path):
    """The variational autoencoder of the books: the encoder is a model inside, the loss is made from its tensors."""
    inputs = Input((3,))
    mean, log_var = Dense(2, name="mean")(inputs), Dense(2, name="log_var")(inputs)
    encoder = Model(inputs, [mean, log_var], name="encoder")
    model = Model(inputs, Dense(3, name="decoder")(encoder(inputs)[0]))
    model.add_loss(-0.5 * ops.mean(1 + log_var - ops.square(mean) - ops.exp(log_var)))
    model.compile("sgd", "mse")
    assert len(model.weights) == 6
    model.save(tmp_path / "m.keras")
    again = saving.load_model(tmp_path / "m.keras")
    assert len(again.weights) == 6
    assert again.evaluate(x, x, verbose=0) == pytest.approx(model.evaluate(x, x, verbose=0), rel=1e-6)
    again.fit(x, x, verbose=0)
    assert again.get_layer("mean").kernel is again.get_layer("encoder").get_layer("mean").kernel


def test_clones_and_models_around_it():
    model = make()
    copy = clone_model(model)
    copy.set_weights(model.get_weights())
    copy.compile("sgd", "mse")
    assert copy.evaluate(x, y, verbose=0) == pytest.approx(wanted(model), rel=1e-5)
    inputs = Input((3,))
    outer = Model(inputs, model(inputs))
    outer.compile("sgd", "mse")
    assert outer.evaluate(x, y, verbose=0) == pytest.approx(wanted(model), rel=1e-5)


def test_where_it_cannot_be_it_is_refused():
    model, other = make(), Input((3,))
    with pytest.raises(ValueError, match="must be made from the inputs of this model"):
        model.add_loss(ops.sum(other))
    model.compile("sgd", "mse")
    assert model.evaluate(x, y, verbose=0) == pytest.approx(wanted(model), rel=1e-5)
    chain = Sequential([Input((3,)), Dense(2)])
    with pytest.raises(ValueError, match=r"Model\(inputs, outputs\)"):
        chain.add_loss(ops.sum(chain.output))
    with pytest.raises(ValueError, match="symbolic"):
        layers.Dense(1).add_loss(ops.sum(other))


def test_the_last_smaller_batch_counts_as_it_is():
    model = make()
    model.compile("sgd", "mse")
    w, v = (model.get_layer(name).kernel.numpy() for name in "wv")
    parts = [slice(0, 5), slice(5, 10), slice(10, 12)]
    losses = [np.mean((x[p] @ w - y[p]) ** 2) + 0.5 * np.mean((x[p] @ v) ** 2) for p in parts]
    assert model.evaluate(x, y, batch_size=5, verbose=0) == pytest.approx(
        np.average(losses, weights=[5, 5, 2]), rel=1e-5
    )


def test_behind_a_layer_that_reads_strings():
    words = Input((1,), dtype="string")
    encoded = layers.Flatten()(layers.Embedding(4, 2, name="e")(layers.StringLookup(vocabulary=["a", "b"])(words)))
    model = Model(words, Dense(1)(encoded))
    model.add_loss(ops.mean(ops.square(encoded)))
    model.compile("sgd")
    table = model.get_layer("e").embeddings.numpy()
    assert model.evaluate(np.array([["a"], ["b"]]), verbose=0) == pytest.approx(np.mean(table[1:3] ** 2), rel=1e-5)


def test_a_layer_may_close_over_tensors_of_the_graph():
    """As programs of Keras 1 and 2 write a variational autoencoder's loss: call() refers to tensors it was not given."""
    inputs = Input((3,))
    hidden = Dense(2, use_bias=False, name="w")(inputs)
    outputs = Dense(3, use_bias=False, name="v")(hidden)

    class Adds(layers.Layer):
        def call(self, given):
            self.add_loss(ops.mean(ops.square(given[0] - given[1])) + 0.1 * ops.sum(ops.abs(hidden)))
            return given[0]

    model = Model(inputs, Adds()([inputs, outputs]))
    copy = clone_model(model)
    copy.set_weights(model.get_weights())
    w, v = model.get_weights()
    expected = np.mean((x - x @ w @ v) ** 2) + 0.1 * np.abs(x @ w).sum()
    for one in (model, copy):
        one.compile("sgd", loss=None)
        assert one.evaluate(x, verbose=0, batch_size=len(x)) == pytest.approx(expected, rel=1e-5)
    history = model.fit(x, epochs=5, verbose=0, batch_size=len(x)).history
    assert history["loss"][-1] < history["loss"][0] == pytest.approx(expected, rel=1e-5)


def test_a_layer_with_weights_may_not():
    inputs = Input((3,))
    hidden = Dense(2)(inputs)

    class Adds(layers.Layer):
        def build(self, shape):
            self.scale = self.add_weight((1,))

        def call(self, given):
            self.add_loss(ops.sum(hidden))
            return given * self.scale

    with pytest.raises(ValueError, match="A functional model takes it"):
        Adds()(inputs)
