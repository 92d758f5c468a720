"""A last batch that is smaller: filled up or not, the results are those of the smaller batch."""

import numpy as np
import pytest

import lamina
from lamina import layers
from lamina.training._padding import can_join, can_pad

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(22, 6)).astype("float32"), rng.integers(0, 3, 22)
WEIGHTS = rng.uniform(0.5, 2, 22).astype("float32")
IDS = rng.integers(0, 5, (22, 4))


@lamina.utils.register_keras_serializable("padding")
class Centred(layers.Layer):
    def call(self, x):
        return x - lamina.ops.mean(x, axis=0, keepdims=True)


def mean_of_squares(y_true, y_pred):
    return lamina.ops.mean((y_true - y_pred) ** 2)


def functional_with_an_op():
    x = lamina.Input((6,))
    return lamina.Model(x, layers.Dense(3)(x - lamina.ops.mean(x, axis=0, keepdims=True)))


def dense(*before, **options):
    return lamina.Sequential([lamina.Input((6,)), *before, layers.Dense(3, **options)])


def along_samples_alone():
    x = lamina.Input((6,))
    share = layers.Softmax()(layers.Reshape(())(layers.Dense(1)(x)))
    return lamina.Model(x, layers.Dense(3)(layers.Multiply()([x, layers.Reshape((1,))(share)])))


def always_normalized():
    x = lamina.Input((6,))
    return lamina.Model(x, layers.Dense(3)(layers.BatchNormalization()(x, training=True)))


def normalized_inside():
    x = lamina.Input((6,))
    inside = lamina.Sequential([layers.Dense(4), layers.BatchNormalization()])
    return lamina.Model(x, layers.Dense(3)(inside(x, training=True)))


def padded_models():
    sparse = lamina.losses.SparseCategoricalCrossentropy
    yield "plain", dense(activation="softmax"), "sparse_categorical_crossentropy", ["accuracy"], X, Y
    yield "sum", dense(), sparse(from_logits=True, reduction="sum"), [], X, Y
    yield "by weights", dense(), sparse(from_logits=True, reduction="mean_with_sample_weight"), [], X, Y
    yield "regularized", dense(kernel_regularizer="l2"), "mse", ["mae"], X, np.eye(3, dtype="float32")[Y]
    yield "normalized", dense(layers.LayerNormalization()), "mse", ["mae"], X, np.eye(3, dtype="float32")[Y]
    steps = lamina.Sequential(
        [
            lamina.Input((4,), dtype="int32"),
            layers.Embedding(5, 3, mask_zero=True),
            layers.Dense(5, activation="softmax"),
        ]
    )
    yield "masked", steps, "sparse_categorical_crossentropy", ["accuracy"], IDS, IDS
    last = lamina.Sequential(
        [lamina.Input((4,), dtype="int32"), layers.Embedding(5, 3, mask_zero=True), layers.LSTM(4), layers.Dense(3)]
    )
    yield "recurrent", last, sparse(from_logits=True), ["accuracy"], IDS, Y


def other_models():
    hot = np.eye(3, dtype="float32")[Y]
    yield "batch statistics", dense(layers.BatchNormalization()), "mse", ["mae"], X, hot
    yield "activity", dense(activity_regularizer="l2"), "mse", [], X, hot
    yield "a layer of the user's", dense(Centred()), "mse", [], X, hot
    yield "a lambda", dense(layers.Lambda(lambda x: x - lamina.ops.mean(x, axis=0))), "mse", [], X, hot
    yield "a function of the user's", dense(activation=lambda x: x - lamina.ops.mean(x, axis=0)), "mse", [], X, hot
    yield "along the samples", dense(layers.Softmax(axis=-2)), "mse", [], X, hot
    yield "samples alone", along_samples_alone(), "mse", [], X, hot
    yield "always batch statistics", always_normalized(), "mse", [], X, hot
    yield "batch statistics inside", normalized_inside(), "mse", [], X, hot
    yield "an op between layers", functional_with_an_op(), "mse", [], X, hot
    yield "a loss of the user's", dense(), mean_of_squares, [], X, hot
    yield "a metric of the user's", dense(), "mse", [mean_of_squares], X, hot
    yield "a metric of counts", dense(activation="sigmoid"), "mse", [lamina.metrics.AUC()], X, hot
    yield "a loss over the batch", dense(activation="softmax"), lamina.losses.Dice(), [], X, hot


# in the forward pass, whatever the loss is
MIXED = [
    "a layer of the user's", "a lambda", "a function of the user's", "along the samples", "samples alone",
    "always batch statistics", "batch statistics inside", "an op between layers",
]  # fmt: skip
PADDED = ["plain", "sum", "by weights", "regularized", "normalized", "masked", "recurrent"]
OTHERS = [
    "batch statistics", "activity", "a layer of the user's", "a lambda", "a function of the user's", "along the samples",
    "samples alone", "always batch statistics", "batch statistics inside", "an op between layers", "a loss of the user's",
    "a metric of the user's", "a metric of counts", "a loss over the batch",
]  # fmt: skip


def case_of(name):
    return next(case[1:] for case in (*padded_models(), *other_models()) if case[0] == name)


def batch_by_batch(model, method, x, y, weights):
    for i in range(0, len(x), 8):
        logs = getattr(model, method)(
            x[i : i + 8], y[i : i + 8], weights[i : i + 8], return_dict=True,
            reset_metrics=i == 0)  # fmt: skip
    return logs


def close(found, wanted):
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", [*PADDED, *OTHERS])
def test_results_are_those_of_the_smaller_batch(name):
    model, loss, metrics, x, y = case_of(name)
    model.compile("sgd", loss, metrics=metrics, weighted_metrics=["accuracy"] if name == "plain" else None)
    weights = WEIGHTS[:, None] if name == "masked" else WEIGHTS  # there the losses are (batch, steps)
    start = model.get_weights()
    logs, ended = batch_by_batch(model, "train_on_batch", x, y, weights), model.get_weights()
    evaluated = batch_by_batch(model, "test_on_batch", x, y, weights)
    predicted = [model.predict_on_batch(x[i : i + 8]) for i in range(0, len(x), 8)]
    model.set_weights(start)
    history = model.fit(x, y, batch_size=8, sample_weight=weights, shuffle=False, verbose=0).history
    assert sorted(history) == sorted(logs) == sorted(evaluated)
    close(model.get_weights(), ended)
    close([history[key][0] for key in logs], logs.values())
    again = model.evaluate(x, y, batch_size=8, sample_weight=weights, verbose=0, return_dict=True)
    close([again[key] for key in evaluated], evaluated.values())
    close([model.predict(x, batch_size=8, verbose=0)], [np.concatenate(predicted)])


@pytest.mark.parametrize("name", PADDED)
def test_what_is_filled_up(name):
    model, loss, metrics, x, y = case_of(name)
    model.compile("sgd", loss, metrics=metrics)
    model.train_on_batch(x, y)
    assert all(can_pad(model, kind) for kind in ("train", "test", "predict"))


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not(name):
    model, loss, metrics, x, y = case_of(name)
    model.compile("sgd", loss, metrics=metrics)
    model.train_on_batch(x, y)
    assert not can_pad(model, "train")
    assert can_pad(model, "predict") == (name not in MIXED)


def test_two_outputs_and_stateful_layers_are_not_filled_up():
    x = lamina.Input((6,))
    two = lamina.Model(x, [layers.Dense(3)(x), layers.Dense(2)(x)])
    two.compile("sgd", "mse")
    two.train_on_batch(X, [np.zeros((22, 3)), np.zeros((22, 2))])
    assert not can_pad(two, "train") and can_pad(two, "predict")
    stateful = lamina.Sequential([lamina.Input(batch_shape=(11, 2, 3)), layers.LSTM(2, stateful=True)])
    assert not can_pad(stateful, "predict")


@pytest.mark.parametrize("name", [*PADDED, *OTHERS])
def test_what_is_joined(name):
    model = case_of(name)[0]
    assert can_join(model) == (name not in MIXED)


def test_layers_along_the_samples_and_batches_of_one_size_are_not_joined():
    assert not can_join(dense(layers.Softmax(axis=0)))
    assert not can_join(dense(layers.UnitNormalization(axis=(0, 1))))
    assert can_join(dense(layers.LayerNormalization(axis=1)))
    x = lamina.Input((6,))
    assert not can_join(lamina.Model(x, layers.Concatenate(axis=0)([x, x])))
    assert not can_join(lamina.Sequential([lamina.Input(batch_shape=(11, 6)), layers.Dense(3)]))


def test_outputs_of_more_rows_than_samples_are_all_there():
    x = lamina.Input((6,))
    model = lamina.Model(x, layers.Concatenate(axis=0)([x, x]))
    parts = [X[i : i + 4] for i in range(0, len(X), 4)]
    wanted = np.concatenate([part for each in parts for part in (each, each)])
    close([model.predict(X, batch_size=4, verbose=0)], [wanted])
