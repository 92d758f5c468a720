"""The memory of a training step, as `summary(memory=True)` and `profile` report it."""

import re

import numpy as np
import pytest

import lamina
from lamina import layers
from lamina.models._memory import made_up_memory, step_memory

pytestmark = pytest.mark.native_only("buffers are laid out by the native engine only")


def perceptron(units=256, features=512):
    made = lamina.Sequential(
        [lamina.Input((features,)), layers.Dense(units, activation="relu"), layers.Dense(10, activation="softmax")]
    )
    made.compile("adam", "categorical_crossentropy")
    return made


def test_state_and_batch_are_counted_to_the_byte():
    model = perceptron()
    found = made_up_memory(model, 64)
    weights = sum(v.size for v in model.trainable_variables)
    assert 3 * 4 * weights <= found.state <= 3 * 4 * weights + 1000  # two slots a weight; counters and metrics
    assert found.batch == 64 * (512 + 10) * 4
    assert found.peak == sum(found)


def test_buffers_grow_with_the_batch_and_hold_what_the_gradient_needs():
    small, large = (made_up_memory(perceptron(), n) for n in (64, 512))
    hidden = 256 * 4
    assert small.buffers + small.passing >= 64 * hidden
    growth = large.buffers + large.passing - small.buffers - small.passing
    # The hidden layer, what comes back to it, and the copied batch; not every value of the program.
    assert 448 * hidden <= growth <= 448 * (6 * hidden + 2 * 4 * 522)
    assert large.state == small.state


def test_the_model_is_not_trained_by_it():
    model = perceptron()
    before = model.get_weights()
    made_up_memory(model, 8)
    for a, b in zip(model.get_weights(), before):
        np.testing.assert_array_equal(a, b)
    assert int(np.asarray(model.optimizer.iterations)) == 0


@pytest.mark.parametrize(
    "loss, outputs",
    [
        ("sparse_categorical_crossentropy", 1),
        (lamina.losses.SparseCategoricalCrossentropy(), 1),
        (lamina.losses.mean_squared_error, 1),
        (["mse", "sparse_categorical_crossentropy"], 2),
        ({"b": "mse", "a": "sparse_categorical_crossentropy"}, 2),
        ("mse", 2),
    ],
)
def test_targets_are_made_up_for_the_loss(loss, outputs):
    x = lamina.Input((4,))
    out = [layers.Dense(3, activation="softmax", name=name)(x) for name in ("b", "a")[:outputs]]
    if isinstance(loss, list):
        out.reverse()
        loss = loss[::-1]
    model = lamina.Model(x, out if outputs > 1 else out[0])
    model.compile("sgd", loss)
    assert made_up_memory(model, 8).peak > 0


def test_summary_shows_it():
    said = []
    perceptron().summary(memory=128, print_fn=said.append)
    text = " ".join(said[0].split())
    assert "Memory of a training step of 128:" in text
    assert re.search(r"\d+\.\d\d MB \(weights, slots and metrics 1\.53 MB, batch 261\.00 KB, buffers", text), text
    said.clear()
    perceptron().summary(memory=True, print_fn=said.append)
    assert "training step of 32:" in " ".join(said[0].split())
    said.clear()
    perceptron().summary(print_fn=said.append)
    assert "Memory" not in said[0]


def test_profile_has_it():
    model = perceptron()
    found = lamina.profile(
        model, np.zeros((64, 512), "float32"), np.zeros((64, 10)), batch_size=64, print_fn=lambda text: None
    )
    step = model._step("train", _source(64))
    again = step_memory(step, _source(64).data)
    assert found.memory.state == again.state
    assert "MB of memory" in str(found)


def _source(n):
    from lamina.training._data import ArrayData

    return ArrayData(np.zeros((n, 512), "float32"), np.zeros((n, 10), "float32"), None, n)


def test_what_cannot_be_measured_says_so():
    fresh = lamina.Sequential([lamina.Input((4,)), layers.Dense(1)])
    with pytest.raises(ValueError, match="compile"):
        fresh.summary(memory=True)
    open_ended = lamina.Sequential([lamina.Input((None, 4)), layers.GlobalMaxPooling1D(), layers.Dense(1)])
    open_ended.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"unknown sizes.*profile"):
        open_ended.summary(memory=True)

    class Own(lamina.Model):
        def call(self, x):
            return x

    own = Own()
    own.compile("sgd", "mse")
    with pytest.raises(ValueError, match="functional"):
        made_up_memory(own, 32)
