"""Models within models are looked through: faults in them are named, at their own layer; and activations that are operations."""

import numpy as np
import pytest

import lamina
from lamina import activations, layers, losses, ops

X = np.random.default_rng(0).normal(size=(300, 8)).astype("float32")
FOUR = (X[:, 0] > 0) + 2 * (X[:, 1] > 0)
IMAGES = np.random.default_rng(1).random((96, 12, 12, 1)).astype("float32")
KINDS = np.arange(96) % 4
SPARSE = "sparse_categorical_crossentropy"


def dense(units, activation="relu", **more):
    return layers.Dense(units, activation=activation, **more)


def within(shape, *hidden, trainable=True):
    """A network whose hidden layers are a model of its own, within another one within the network."""
    lamina.utils.set_random_seed(0)
    inner = lamina.Sequential([lamina.Input(shape), *hidden], name="inner")
    inner.trainable = trainable
    inputs = lamina.Input(shape)
    outer = lamina.Model(inputs, inner(inputs), name="outer")
    return outer


def classifier(shape, *hidden, last=None, **more):
    model = lamina.Sequential([lamina.Input(shape), within(shape, *hidden, **more), last or dense(4, "softmax")])
    model.compile("adam", SPARSE)
    return model


def rules(model, x, y, **options):
    return [(f.rule, (f.layer or "").rpartition("/")[2]) for f in lamina.diagnose(model, x, y, **options)]


def conv(**more):
    return layers.Conv2D(4, 3, activation="relu", name="at", **more)


FAULTY = {
    "stacked-linear": ((8,), lambda: (dense(16), dense(16, None, name="at"), dense(16))),
    "softmax-hidden": ((8,), lambda: (dense(16, "softmax", name="at"), dense(16))),
    "dropout-before-batchnorm": (
        (8,),
        lambda: (dense(16), layers.Dropout(0.3, name="at"), layers.BatchNormalization()),
    ),
    "constant-init": ((8,), lambda: (dense(16, kernel_initializer="ones", name="at"), dense(16))),
    "dropout-rate": ((8,), lambda: (dense(16), layers.Dropout(0.9, name="at"), dense(8))),
}


@pytest.mark.parametrize("rule", FAULTY)
def test_a_fault_within_is_named_at_its_layer(rule):
    shape, hidden = FAULTY[rule]
    assert rules(classifier(shape, *hidden()), X, FOUR) == [(rule, "at")]


def test_layers_without_activation_on_both_sides_of_a_boundary():
    hidden = (dense(16), dense(16, None, name="at"))
    last = lamina.Sequential([lamina.Input((16,)), dense(16), dense(4, "softmax")])
    assert rules(classifier((8,), *hidden, last=last), X, FOUR) == [("stacked-linear", "at")]
    assert not rules(classifier((8,), *hidden, last=last, trainable=False), X, FOUR)


@pytest.mark.parametrize(("x", "rule"), [(255 * IMAGES, "unnormalised-input"), (IMAGES / 255, "tiny-input")])
def test_the_first_layer_within_is_given_the_data(x, rule):
    assert rules(classifier((12, 12, 1), conv(), layers.Flatten()), x, KINDS) == [(rule, "at")]


def test_what_a_model_within_scales_is_scaled():
    hidden = (layers.Rescaling(1 / 255), conv(), layers.Flatten())
    assert not rules(classifier((12, 12, 1), *hidden), 255 * IMAGES, KINDS)


def test_a_frozen_model_within_has_its_scale_from_its_training():
    assert not rules(classifier((12, 12, 1), conv(), layers.Flatten(), trainable=False), 255 * IMAGES, KINDS)


@pytest.mark.parametrize("normed", [False, True])
def test_a_model_that_comes_trained_has_its_scale_too(normed):
    def backbone():
        more = (layers.BatchNormalization(),) if normed else ()
        return classifier(
            (12, 12, 1), layers.Conv2D(4, 3, name="at", use_bias=not normed), *more, layers.ReLU(), layers.Flatten()
        )

    trained = backbone()
    trained.fit(127 * IMAGES, KINDS, verbose=0)
    model = backbone()
    assert rules(model, 127 * IMAGES, KINDS) == [("unnormalised-input", "at")]
    model.layers[0].set_weights(trained.layers[0].get_weights())
    assert not rules(model, 127 * IMAGES, KINDS)
    assert rules(trained, 127 * IMAGES, KINDS) == [("unnormalised-input", "at")]  # its own training did not help


def test_indices_and_axes_of_a_model_within():
    text = (layers.Embedding(20, 8, name="at"), layers.GlobalAveragePooling1D())
    indices = np.arange(6 * 96).reshape(96, 6) % 20
    assert not rules(classifier((6,), *text), indices, KINDS)
    text = (layers.Embedding(19, 8, name="at"), layers.GlobalAveragePooling1D())
    assert rules(classifier((6,), *text), indices, KINDS) == [("embedding-index", "at")]
    axes = np.random.default_rng(0).random((96, 3, 12, 12)).astype("float32")
    hidden = (conv(padding="same"), layers.GlobalAveragePooling2D())
    assert rules(classifier((3, 12, 12), *hidden), axes, KINDS) == [("image-axes", "at")]


def test_what_stands_behind_the_output_within():
    drops = classifier((8,), dense(16), dense(4, "softmax"), layers.Dropout(0.3, name="at"), last=layers.Identity())
    assert rules(drops, X, FOUR) == [("dropout-after-output", "at")]
    twice = classifier((8,), dense(16), dense(4, "softmax"), last=layers.Softmax(name="at"))
    assert rules(twice, X, FOUR) == [("double-output-activation", "at")]


def test_each_output_of_a_model_within_is_known():
    inputs = lamina.Input((8,))
    hidden = dense(16)(inputs)
    inner = lamina.Model(inputs, [dense(4, "softmax", name="soft")(hidden), layers.Dense(1, name="line")(hidden)])
    ends = inner(again := lamina.Input((8,)))
    model = lamina.Model(again, [ends[1], ends[0]])
    model.compile("adam", ["mse", SPARSE])
    assert not rules(model, X, [X[:, 0], FOUR])
    model.compile("adam", [SPARSE, SPARSE])
    found = rules(model, X, [FOUR, FOUR])
    assert ("missing-from-logits", "line") in found and {place for _, place in found} == {"line"}


def test_an_encoder_that_is_called_twice():
    first, second = lamina.Input((8,)), lamina.Input((8,))
    encoder = within((8,), dense(16, name="at"), dense(8))
    near = layers.Dot(-1, normalize=True)([encoder(first), encoder(second)])
    model = lamina.Model([first, second], dense(1, "sigmoid")(near))
    model.compile("adam", "binary_crossentropy")
    assert not rules(model, [X, X[::-1]], FOUR > 1)
    assert rules(model, [X, 100 * X], FOUR > 1) == [("unnormalised-input", "at")]


def ends_with(last, units, loss):
    lamina.utils.set_random_seed(0)
    inputs = lamina.Input((8,))
    model = lamina.Model(inputs, last(layers.Dense(units, name="at")(dense(16)(inputs))))
    model.compile("adam", loss)
    return model


@pytest.mark.parametrize("last", [ops.softmax, activations.softmax, layers.Activation(ops.softmax)])
def test_a_softmax_that_is_an_operation(last):
    assert not rules(ends_with(last, 4, SPARSE), X, FOUR)
    twice = ends_with(last, 4, losses.SparseCategoricalCrossentropy(from_logits=True))
    assert rules(twice, X, FOUR) == [("from-logits-with-activation", "at")]


@pytest.mark.parametrize(
    ("last", "units", "loss", "y", "rule"),
    [
        (ops.sigmoid, 1, losses.BinaryCrossentropy(from_logits=True), FOUR > 1, "from-logits-with-activation"),
        (ops.relu, 1, "mse", X[:, 0], "relu-output-negative-targets"),
        (ops.sigmoid, 1, "mse", 3 * X[:, 0], "output-range"),
        (lambda t: ops.squeeze(t, -1), 1, "binary_crossentropy", FOUR > 1, "missing-from-logits"),
    ],
)
def test_an_output_that_is_an_operation(last, units, loss, y, rule):
    assert rules(ends_with(last, units, loss), X, y) == [(rule, "at")]


def test_a_softmax_over_the_samples_that_is_an_operation():
    assert rules(ends_with(lambda t: ops.softmax(t, axis=0), 4, SPARSE), X, FOUR)[0][0] == "softmax-axis"


def test_attention_by_hand_is_right():
    """Its queries have small gradients beside its values: that is not depth."""
    lamina.utils.set_random_seed(1)
    x = np.random.default_rng(0).integers(1, 200, (256, 20))
    inputs = lamina.Input((20,), dtype="int32")
    words = layers.Embedding(200, 16)(inputs)
    queries, keys, values = (layers.Dense(16)(words) for _ in range(3))
    scores = ops.softmax(ops.matmul(queries, ops.transpose(keys, (0, 2, 1))) / 4.0)
    model = lamina.Model(inputs, dense(1, "sigmoid")(ops.mean(ops.matmul(scores, values), 1)))
    model.compile("adam", "binary_crossentropy")
    assert not rules(model, x, (np.isin(x, np.arange(20)).sum(1) > 1).astype(int))
