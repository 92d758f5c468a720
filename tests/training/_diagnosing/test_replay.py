"""The step that went wrong is found again from a state that was kept some epochs before."""

import warnings

import numpy as np
import pytest

import lamina
from lamina import layers
from lamina.training._diagnosing._replay import Replay

pytestmark = pytest.mark.filterwarnings("ignore::lamina.diagnosis.DiagnosisWarning")


class Burst(layers.Layer):
    """Divides by zero where a row is at its fourth visit."""

    def __init__(self):
        super().__init__(name="burst")
        self.visits = self.add_weight((), initializer="zeros", trainable=False)

    def call(self, x, training=False):
        if training:
            self.visits.assign_add(lamina.ops.sum(lamina.ops.cast(x[:, 0] == 7.0, "float32")))
        return x / lamina.ops.where(self.visits >= 4.0, 0.0, 1.0)


def finding_of(callbacks=()):
    """What is told of a training whose fourth epoch fails."""
    lamina.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(32, 3)).astype("float32")
    x[21, 0] = 7.0
    model = lamina.Sequential([lamina.Input((3,)), Burst(), layers.Dense(1)], name="net")
    model.compile("sgd", "mse")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model.fit(x, np.ones((32, 1)), epochs=6, batch_size=8, verbose=0, callbacks=list(callbacks))
    (found,) = [w.message.finding for w in told if hasattr(w.message, "finding") and "finite" in w.message.finding.rule]
    return found


def test_epochs_that_follow_soon_are_gone_through_again(monkeypatch):
    kept = []
    begin = Replay.begin_epoch

    def watched(replay, epoch):
        begin(replay, epoch)
        kept.append(replay._epoch)

    monkeypatch.setattr(Replay, "begin_epoch", watched)
    monkeypatch.setattr("lamina.training._diagnosing._replay._EVERY_S", 60.0)
    found = finding_of()
    assert kept[:4] == [0, 0, 0, 0] and "burst" in found.layer
    kept.clear()
    again = finding_of([lamina.callbacks.LambdaCallback()])  # which might change the model between two epochs
    assert kept[:4] == [0, 1, 2, 3] and again.message == found.message


def test_the_size_of_a_step_is_found_without_a_change():
    class Ask(lamina.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            replay = self.model._watch._replay
            before = [
                np.array(w) for w in (*self.model.get_weights(), *[v.numpy() for v in self.model.optimizer.variables])
            ]
            self.size = replay.update()
            after = [*self.model.get_weights(), *[v.numpy() for v in self.model.optimizer.variables]]
            for old, new in zip(before, after, strict=True):
                np.testing.assert_array_equal(old, new)

    lamina.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(32, 3)).astype("float32")
    model, ask = lamina.Sequential([lamina.Input((3,)), layers.Dense(4, activation="relu"), layers.Dense(1)]), Ask()
    model.compile(lamina.optimizers.Lamb(0.25), "mse")  # its steps are a share of the weights
    model.fit(x, x[:, :1], epochs=2, verbose=0, callbacks=[ask])
    assert ask.size == pytest.approx(0.25, rel=1e-3)
