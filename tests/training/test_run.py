"""Runs over batches: what callbacks see, and how a run ends."""

import numpy as np
import pytest

import lamina
from lamina import callbacks, layers, losses

X = np.arange(100, dtype="float32").reshape(50, 2) / 100
Y = X[:, :1]


def made(units=1, **options):
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input((2,)), layers.Dense(units)])
    model.compile("sgd", **{"loss": "mse", **options})
    return model


class Places(callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_batch_begin(self, batch, logs=None):
        self.seen.append(("begin", batch))

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append(("end", batch))

    def on_test_batch_begin(self, batch, logs=None):
        self.seen.append(("test", batch))

    def on_predict_batch_end(self, batch, logs=None):
        self.seen.append(("predict", batch, len(logs["outputs"])))


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_callbacks_see_executions(run_eagerly):
    model, plain, places = made(steps_per_execution=3, run_eagerly=run_eagerly), made(), Places()
    fit = {"batch_size": 10, "shuffle": False, "verbose": 0}
    model.fit(X, Y, callbacks=[places], **fit)
    assert places.seen == [("begin", 0), ("end", 2), ("begin", 3), ("end", 5)]
    plain.fit(X, Y, **fit)
    np.testing.assert_allclose(model.get_weights()[0], plain.get_weights()[0], rtol=1e-6)
    places.seen.clear()
    model.evaluate(X, Y, batch_size=10, callbacks=[places], verbose=0)
    assert places.seen == [("test", 0), ("test", 3)]
    places.seen.clear()
    model.predict(X, batch_size=10, callbacks=[places], verbose=0)
    assert places.seen == [("predict", 2, 30), ("predict", 5, 20)]


def test_an_epoch_of_some_steps_is_whole_executions():
    places = Places()
    model = made(steps_per_execution=2)
    model.fit(X, Y, batch_size=10, epochs=2, steps_per_epoch=3, callbacks=[places], verbose=0)
    # Four batches in the first epoch; the one that is left in the second.
    assert [p for p in places.seen if p[0] == "begin"] == [("begin", 0), ("begin", 2), ("begin", 0)]


@pytest.mark.parametrize("steps", [0, 1.5, "two"])
def test_steps_per_execution_are_counted(steps):
    with pytest.raises(ValueError, match="steps_per_execution must be a positive integer"):
        made(steps_per_execution=steps)


def endless(with_targets):
    while True:
        yield (X[:4], Y[:4]) if with_targets else (X[:4],)


@pytest.mark.parametrize(
    ("method", "hook", "flag"),
    [
        ("fit", "on_train_batch_end", "stop_training"),
        ("evaluate", "on_test_batch_end", "stop_evaluating"),
        ("predict", "on_predict_batch_end", "stop_predicting"),
    ],
)
def test_a_callback_ends_a_run(method, hook, flag):
    model, seen = made(), []

    class Stop(callbacks.Callback):
        pass

    def stop(self, batch, logs=None):
        seen.append(batch)
        if batch == 4:
            setattr(self.model, flag, True)

    setattr(Stop, hook, stop)
    getattr(model, method)(endless(method != "predict"), callbacks=[Stop()], verbose=0)
    assert seen == [0, 1, 2, 3, 4]


def test_a_generator_that_runs_out_ends_training():
    model = made()
    batches = ((X[:10], Y[:10]) for _ in range(3))
    with pytest.warns(UserWarning, match="ran out in the epoch before"):
        history = model.fit(batches, epochs=3, verbose=0)
    assert len(history.history["loss"]) == 1


class Batches(lamina.utils.PyDataset):
    def __len__(self):
        return 5

    def __getitem__(self, i):
        rows = slice(10 * i, 10 * i + 10)
        return X[rows], (X[rows, 0] > 0.5).astype("int32")


def test_classes_weigh_in_batches_as_in_arrays():
    labels = (X[:, 0] > 0.5).astype("int32")
    weights = {0: 0.5, 1: 3.0}
    expected = made(2, loss=losses.SparseCategoricalCrossentropy(from_logits=True))
    expected.fit(X, labels, batch_size=10, shuffle=False, class_weight=weights, verbose=0)
    for data in (Batches(), (Batches()[i] for i in range(5))):
        model = made(2, loss=losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(data, shuffle=False, class_weight=weights, verbose=0)
        np.testing.assert_allclose(model.get_weights()[0], expected.get_weights()[0], rtol=1e-5)
    with pytest.raises(ValueError, match="counts all labels"):
        made().fit(Batches(), class_weight="balanced")


class WithoutTraining(lamina.Sequential):
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
        return 2 * super().compute_loss(x, y, y_pred, sample_weight)


def test_a_loss_of_ones_own_need_not_take_training():
    model = WithoutTraining([lamina.Input((2,)), layers.Dense(1, kernel_initializer="zeros")])
    model.compile("sgd", "mse")
    np.testing.assert_allclose(model.evaluate(X, Y, verbose=0), 2 * np.mean(Y**2), rtol=1e-5)


@pytest.mark.parametrize(
    ("units", "y", "kind"),
    [
        (1, Y > 0.5, losses.BinaryCrossentropy),
        (3, np.arange(50) % 3, losses.SparseCategoricalCrossentropy),
        (3, np.eye(3)[np.arange(50) % 3], losses.CategoricalCrossentropy),
    ],
)
def test_crossentropy_goes_by_the_shapes(units, y, kind):
    model = lamina.Sequential(
        [lamina.Input((2,)), layers.Dense(units, activation="softmax" if units > 1 else "sigmoid")]
    )
    model.compile("sgd", "crossentropy")
    found = model.evaluate(X, y, verbose=0)
    np.testing.assert_allclose(found, kind()(np.asarray(y), model.predict(X, verbose=0)), rtol=1e-4)
