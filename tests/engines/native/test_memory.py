"""A running step allocates no arrays: everything was laid out before."""

import tracemalloc

import numpy as np
import pytest

import lamina
from lamina import config, layers
from lamina.engines.native._threads import one_blas_thread
from lamina.engines.native.passes import _stages

# NumPy's loops over operands that broadcast take 32 KiB an operand to work in, the same for any size of arrays.
LOOP_BUFFERS = 4 * (33 << 10) * config.num_threads()


def transformer():
    x = lamina.Input((32, 64))
    h = layers.LayerNormalization()(x + layers.MultiHeadAttention(4, 16)(x, x))
    h = layers.LayerNormalization()(h + layers.Dense(64)(layers.Dense(128, activation="gelu")(h)))
    return lamina.Model(x, layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling1D()(h)))


MODELS = {
    "dense": lambda: lamina.Sequential(
        [lamina.Input((256,)), layers.Dense(1024, activation="relu"), layers.BatchNormalization(), layers.Dense(10)]
    ),
    "conv": lambda: lamina.Sequential(
        [
            lamina.Input((28, 28, 1)), layers.Conv2D(16, 3, padding="same", activation="relu"), layers.MaxPooling2D(),
            layers.Conv2D(16, 3, strides=2, padding="same"), layers.BatchNormalization(), layers.Activation("gelu"),
            layers.DepthwiseConv2D(3), layers.GlobalAveragePooling2D(), layers.Dense(10, activation="softmax"),
        ]
    ),
    "plain": lambda: lamina.Sequential(
        [
            lamina.Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu"), layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(), layers.Flatten(), layers.Dense(10, activation="softmax"),
        ]
    ),
    "lstm": lambda: lamina.Sequential([lamina.Input((40, 32)), layers.LSTM(64), layers.Dense(10, activation="softmax")]),
    "gru": lambda: lamina.Sequential(
        [lamina.Input((40, 32)), layers.Bidirectional(layers.GRU(32, return_sequences=True)), layers.Flatten(),
         layers.Dense(10)]
    ),
    "masked": lambda: lamina.Sequential(
        [
            lamina.Input((40, 32)), layers.Masking(), layers.Bidirectional(layers.LSTM(32, return_sequences=True)),
            layers.GRU(32, return_sequences=True), layers.SimpleRNN(32), layers.Dense(10, activation="softmax"),
        ]
    ),
    "transformer": transformer,
}  # fmt: skip


def prepared(name, batch):
    """The bound plan of a model's training step."""
    model = MODELS[name]()
    rng = np.random.default_rng(0)
    x = rng.standard_normal((batch, *model.input_shape[1:])).astype("float32")
    y = np.eye(10, dtype="float32")[rng.integers(0, 10, batch)]
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=batch, epochs=1, verbose=0)
    (entry,) = model._steps["train"][1]._on_places._entries.values()
    return entry


@pytest.mark.parametrize("name", MODELS)
def test_a_steady_step_allocates_no_arrays(name):
    entry = prepared(name, 256)
    assert entry.plan.memory_bytes() > 5 * LOOP_BUFFERS, "too small to show anything"
    taken, left = [], []
    with one_blas_thread, np.errstate(all="ignore"):
        entry.binding.run()
        tracemalloc.start()
        try:
            for _ in range(3):  # what the step itself allocates, it allocates each time
                entry.binding.run()
                tracemalloc.reset_peak()
                before, _ = tracemalloc.get_traced_memory()
                entry.binding.run()
                after, peak = tracemalloc.get_traced_memory()
                taken.append(peak - before)
                left.append(after - before)
        finally:
            tracemalloc.stop()
    assert min(taken) < LOOP_BUFFERS
    assert min(left) < 1 << 12  # nothing piles up


def test_tiles_need_less_memory_than_the_whole_batch(monkeypatch):
    cut = prepared("plain", 256).plan.memory_bytes()
    monkeypatch.setattr(_stages, "MIN_SECONDS", float("inf"))
    assert cut < prepared("plain", 256).plan.memory_bytes() / 2
