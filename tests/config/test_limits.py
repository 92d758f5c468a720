"""Limits of epochs and steps, by call and by environment."""

import subprocess
import sys

import numpy as np
import pytest

from lamina import callbacks, config, layers
from lamina.layers import Input
from lamina.models import Sequential

X, Y = np.ones((20, 2), "float32"), np.ones((20, 1), "float32")


@pytest.fixture(autouse=True)
def lifted():
    yield
    config.set_max_epochs(None)
    config.set_max_steps_per_epoch(None)


def make():
    model = Sequential([Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def test_epochs_are_limited():
    config.set_max_epochs(2)
    assert config.max_epochs() == 2
    assert make().fit(X, Y, epochs=5, verbose=0).epoch == [0, 1]
    assert make().fit(X, Y, epochs=1, verbose=0).epoch == [0]


def generate():
    while True:
        yield X[:4], Y[:4]


@pytest.mark.parametrize("steps", [None, 2, 4])
@pytest.mark.parametrize("data", ["arrays", "generator"])
def test_steps_are_limited(data, steps):
    config.set_max_steps_per_epoch(3)
    assert config.max_steps_per_epoch() == 3
    model, seen = make(), []
    notes = callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append("train"),
        on_test_batch_end=lambda batch, logs: seen.append("test"),
    )
    x, y = (X, Y) if data == "arrays" else (generate(), None)
    batch_size = 4 if data == "arrays" else None
    model.fit(x, y, batch_size=batch_size, steps_per_epoch=steps, epochs=2, verbose=0, callbacks=[notes])
    made = min(steps or 3, 3)
    assert seen == ["train"] * 2 * made and int(model.optimizer.iterations) == 2 * made
    model.evaluate(x, y, batch_size=batch_size, steps=steps, verbose=0, callbacks=[notes])
    assert seen.count("test") == made
    assert len(model.predict(x, batch_size=batch_size, steps=steps, verbose=0)) == 4 * made


def test_a_limit_beyond_the_data_is_none():
    config.set_max_steps_per_epoch(100)
    model = make()
    model.fit(X, Y, batch_size=5, verbose=0)
    model.fit(((X[:4], Y[:4]) for _ in range(3)), verbose=0)
    assert int(model.optimizer.iterations) == 7


@pytest.mark.parametrize("value", [0, -1, 1.5, True])
def test_limits_are_positive_integers(value):
    with pytest.raises(ValueError, match="max_epochs must be a positive integer"):
        config.set_max_epochs(value)
    with pytest.raises(ValueError, match="max_steps_per_epoch must be a positive integer"):
        config.set_max_steps_per_epoch(value)


@pytest.mark.parametrize("prefix", ["KERAS", "LAMINA"])
def test_limits_from_the_environment(prefix, monkeypatch):
    code = "from lamina import config; print(config.max_epochs(), config.max_steps_per_epoch())"
    monkeypatch.setenv(f"{prefix}_MAX_EPOCHS", "3")
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == ["3", "None"]
    monkeypatch.setenv(f"{prefix}_MAX_STEPS_PER_EPOCH", "many")
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True)
    assert "MAX_STEPS_PER_EPOCH must be a positive integer; got 'many'" in done.stderr
