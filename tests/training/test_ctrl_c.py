"""Ctrl-C: KeyboardInterrupt after the step at work, the model at its last finished step; a second one changes nothing."""

import os
import time

import numpy as np
import pytest

import lamina
from lamina import callbacks, layers, utils
from lamina.engines import engine

SOON_S = 20  # on a machine that is shared; what hangs waits for much longer
BATCH = 400
RNG = np.random.default_rng(0)
X = RNG.random((6400, 8)).astype("float32")
Y = X.sum(1, keepdims=True)
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals to threads are sent on POSIX only")


@pytest.fixture(params=["now", "0"] if engine.NAME == "native" else [None])
def machine(request, monkeypatch):
    """With machine code from the first step on, and without."""
    if request.param is not None:
        monkeypatch.setenv("LAMINA_MACHINE", request.param)


def made(eagerly=False):
    utils.set_random_seed(0)
    model = lamina.Sequential(
        [
            lamina.Input((8,)),
            layers.Dense(256, "tanh"),
            layers.BatchNormalization(),
            layers.Dropout(0.2),
            layers.Dense(1),
        ]
    )
    model.compile("adam", "mse", metrics=["mae"], run_eagerly=eagerly)
    return model


class Counted(callbacks.Callback):
    """Looks at each batch."""

    batches = 0

    def on_train_batch_end(self, batch, logs=None):
        self.batches += 1


class Steps(callbacks.Callback):
    """The weights after so many steps."""

    def __init__(self, steps):
        super().__init__()
        self.steps, self.weights = steps, None

    def on_train_batch_end(self, batch, logs=None):
        if int(self.model.optimizer.iterations) == self.steps:
            self.weights = self.model.get_weights()
            self.model.stop_training = True


@pytest.mark.parametrize("how", ["in chunks", "watched", "eagerly"])
def test_fit_leaves_the_model_at_its_last_step(machine, pressed, how):
    model = made(how == "eagerly")
    watching = [] if how == "in chunks" else [Counted()]

    def fit():
        model.fit(X, Y, batch_size=BATCH, epochs=100_000, shuffle=False, verbose=0, callbacks=watching)

    if not watching:  # the chunks come after what is compiled
        model.fit(X, Y, batch_size=BATCH, shuffle=False, verbose=0)
    assert pressed(fit, 0.05, times=2, when=lambda: not watching or watching[0].batches > 2) < SOON_S
    steps, found = int(model.optimizer.iterations), model.get_weights()
    assert steps > 2
    other, reference = made(how == "eagerly"), Steps(steps)
    other.fit(X, Y, batch_size=BATCH, epochs=100_000, shuffle=False, verbose=0, callbacks=[reference])
    for one, expected in zip(found, reference.weights):
        np.testing.assert_allclose(one, expected, rtol=2e-5, atol=1e-6)
    model.fit(X[:32], Y[:32], verbose=0)
    assert int(model.optimizer.iterations) == steps + 1


class Drawn(utils.PyDataset):
    def __len__(self):
        return len(X) // BATCH

    def __getitem__(self, i):
        return X[i * BATCH : (i + 1) * BATCH], Y[i * BATCH : (i + 1) * BATCH]


@pytest.mark.parametrize("kind", ["arrays", "batches"])
@pytest.mark.parametrize("method", ["predict", "evaluate"])
def test_predict_and_evaluate_change_nothing(machine, pressed, method, kind):
    model = made()
    model.fit(X[:64], Y[:64], verbose=0)
    many = np.tile(X, (40, 1))
    sources = {"arrays": (many, np.tile(Y, (40, 1))), "batches": (Drawn(),)}[kind]
    given = sources[:1] if method == "predict" else sources
    size = {"batch_size": BATCH} if kind == "arrays" else {}

    def call():
        while True:  # whatever the speed of the machine
            getattr(model, method)(*given, verbose=0, **size)

    weights = model.get_weights()
    expected, value = model.predict(X[:50], verbose=0), model.evaluate(X, Y, verbose=0)
    for after in (0.02, 0.1, 0.3):
        assert pressed(call, after, times=2) < SOON_S
    for one, other in zip(weights, model.get_weights()):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_allclose(model.predict(X[:50], verbose=0), expected, rtol=1e-6)
    np.testing.assert_allclose(model.evaluate(X, Y, verbose=0), value, rtol=1e-6)


class Slow(utils.PyDataset):
    """Gives two batches and then none for long."""

    waits = False

    def __len__(self):
        return 10

    def __getitem__(self, i):
        if i >= 2:
            self.waits = True
            time.sleep(3)
        return X[:BATCH], Y[:BATCH]


@pytest.mark.parametrize("workers", [1, 2])
def test_nobody_waits_for_data(pressed, workers):
    model = made()
    model.fit(X[:BATCH], Y[:BATCH], verbose=0)
    slow = Slow(workers=workers)
    assert pressed(lambda: model.fit(slow, verbose=0), 0.3, when=lambda: slow.waits) < 2.5


def test_a_model_that_is_not_built_yet_is_built_whole(pressed):
    class Late(layers.Layer):
        def build(self, shape):
            self.kernel = self.add_weight(shape=(shape[-1], 1))
            building.append(self)
            time.sleep(0.2)
            self.more = self.add_weight(shape=(1,))

        def call(self, x):
            return x @ self.kernel + self.more

    building = []
    model = lamina.Sequential([Late()])
    model.compile("sgd", "mse")
    assert pressed(lambda: model.fit(X, Y, epochs=1000, verbose=0), when=lambda: building) < SOON_S
    model.fit(X[:32], Y[:32], verbose=0)
    assert len(model.weights) == 2 and len(building) == 1


def test_the_state_in_hand_is_written_before(tmp_path, pressed):
    """`resume` goes on from whole files after Ctrl-C, too."""
    model = made()
    backup = callbacks.BackupAndRestore(str(tmp_path / "states"), save_freq=3, delete_checkpoint=False)
    states = lambda: (tmp_path / "states").is_dir() and any((tmp_path / "states").glob("state-*"))  # noqa: E731
    fit = lambda: model.fit(X, Y, batch_size=BATCH, epochs=100_000, verbose=0, callbacks=[backup])  # noqa: E731
    assert pressed(fit, times=2, when=states) < SOON_S

    # A second Ctrl-C does not wait for the thread that writes; it ends what it has begun.
    def whole():
        return all(name.startswith("state-") for name in os.listdir(tmp_path / "states"))

    ends = time.monotonic() + SOON_S
    while not whole() and time.monotonic() < ends:
        time.sleep(0.01)
    names = os.listdir(tmp_path / "states")
    assert names and whole()
    again = made()
    backup = callbacks.BackupAndRestore(str(tmp_path / "states"), save_freq=3)
    steps = max(int(name.partition("-")[2]) for name in names)
    again.fit(X, Y, batch_size=BATCH, epochs=-(-steps * BATCH // len(X)) or 1, verbose=0, callbacks=[backup])
    assert int(again.optimizer.iterations) >= steps
