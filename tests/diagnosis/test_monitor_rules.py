"""Callbacks that take for worse what is better, or for nothing what is much; and such that end a training rightly."""

import warnings

import numpy as np
import pytest

import lamina
from lamina import callbacks, layers

X = np.random.default_rng(0).normal(size=(512, 8)).astype("float32")
LABELS = (X[:, 0] + X[:, 1] > 0).astype("float32")
_RULES = ("monitor-direction", "improvement-not-counted")


def rises(y_true, y_pred):
    """A metric whose name tells nothing: better when larger."""
    return -lamina.ops.mean(lamina.ops.square(lamina.ops.reshape(y_true, (-1, 1)) - y_pred), axis=-1)


def said(*given, epochs=20, rate=0.003, y=LABELS, metrics=("accuracy",), scale=1.0, hidden=16):
    lamina.utils.set_random_seed(0)
    chain = (layers.Dense(hidden, activation="tanh"), layers.Dense(1, activation="sigmoid"))
    model = lamina.Sequential([lamina.Input((8,)), *chain])
    model.compile(lamina.optimizers.Adam(rate), "binary_crossentropy", metrics=list(metrics), loss_weights=[scale])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X, y, epochs=epochs, validation_split=0.25, verbose=0, callbacks=list(given), diagnose="warn")
    findings = [w.message.finding for w in caught if hasattr(w.message, "finding")]
    return [f for f in findings if f.rule in _RULES]


def test_the_smaller_accuracy_as_the_better_one(tmp_path):
    (finding,) = said(callbacks.EarlyStopping("val_accuracy", mode="min", patience=3))
    assert finding.rule == "monitor-direction" and 'mode="max"' in finding.fix
    assert "stopped training after" in finding.message and "of 20 epochs" in finding.message
    path = str(tmp_path / "best.weights.h5")
    keep = {"filepath": path, "save_best_only": True, "save_weights_only": True}
    (finding,) = said(callbacks.ModelCheckpoint(monitor="val_loss", mode="max", **keep))
    assert finding.message.startswith("ModelCheckpoint takes a larger val_loss for better")
    assert not said(callbacks.ModelCheckpoint(monitor="val_loss", mode="min", **keep))


def test_weights_of_the_worst_epoch_are_kept_though_nothing_stops():
    stop = callbacks.EarlyStopping("val_loss", mode="max", patience=50, restore_best_weights=True)
    (finding,) = said(stop)
    assert "kept the weights of epoch 1" in finding.message


def test_a_rate_that_is_lowered_as_the_loss_falls():
    (finding,) = said(callbacks.ReduceLROnPlateau("loss", mode="max", patience=2, factor=0.3))
    assert "ReduceLROnPlateau" in finding.message and "lowered the learning rate from 0.003" in finding.message


def test_a_log_of_unknown_name_that_rises_with_the_model():
    (finding,) = said(callbacks.EarlyStopping("val_rises", mode="auto", patience=3), metrics=(rises,))
    assert finding.rule == "monitor-direction" and 'mode="max"' in finding.fix
    assert not said(callbacks.EarlyStopping("val_rises", mode="max", patience=3), metrics=(rises,))
    assert not said(callbacks.EarlyStopping("val_rises", mode="min", patience=3), metrics=(rises,))  # on purpose


def test_improvements_that_are_too_small_to_count():
    (finding,) = said(callbacks.EarlyStopping("val_accuracy", min_delta=1, patience=3))  # a per cent was meant
    assert finding.rule == "improvement-not-counted" and finding.evidence["min_delta"] == 1
    # Of a loss that is small as a whole, no improvement is as large as the default.
    (finding,) = said(callbacks.ReduceLROnPlateau("loss", patience=2), scale=1e-4)
    assert "min_delta=0.0001" in finding.message and finding.message.startswith("ReduceLROnPlateau")


def test_a_baseline_in_per_cent():
    (finding,) = said(callbacks.EarlyStopping("val_accuracy", baseline=80, patience=3))
    assert (finding.rule, finding.evidence["baseline"]) == ("improvement-not-counted", 80)
    assert not said(callbacks.EarlyStopping("val_accuracy", baseline=0.99, patience=3))  # given up for that
    assert not said(callbacks.EarlyStopping("val_loss", baseline=0.01, patience=3))
    # It ran to its end, so nothing was lost by it.
    assert not said(callbacks.EarlyStopping("val_accuracy", baseline=80, patience=30, restore_best_weights=True))


@pytest.mark.parametrize(
    "stop",
    [
        callbacks.EarlyStopping("val_loss", patience=0),
        callbacks.EarlyStopping("val_loss", patience=2, min_delta=0.01),
        callbacks.EarlyStopping("val_accuracy", patience=2, min_delta=0.005, restore_best_weights=True),
        callbacks.EarlyStopping("loss", patience=2, min_delta=0.05),
        callbacks.ReduceLROnPlateau("val_loss", patience=1, factor=0.1),
    ],
    ids=lambda stop: f"{type(stop).__name__}-{stop.monitor}-{stop.min_delta}",
)
def test_trainings_that_are_ended_rightly(stop):
    noise = np.random.default_rng(1).permutation(LABELS)  # of which only the training samples can be learned
    for y, rate in ((LABELS, 0.03), (noise, 0.03)):
        assert not said(stop, y=y, rate=rate, epochs=30, hidden=64)


def test_a_least_improvement_that_is_more_than_there_can_be():
    (finding,) = said(callbacks.EarlyStopping("loss", min_delta=1.0, patience=1))
    assert finding.message.startswith("EarlyStopping has stopped training after 2 of 20 epochs: to it nothing improved")
    assert not said(callbacks.EarlyStopping("loss", min_delta=0.01, patience=1))
