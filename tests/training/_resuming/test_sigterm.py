"""SIGTERM: the step at work is done, the state after it written, and the program ends with 143; the next goes on from there."""

import os
import signal

import numpy as np
import pytest

import lamina
from lamina import callbacks, layers

RNG = np.random.default_rng(0)
X = RNG.random((48, 3)).astype("float32")
Y = X.sum(1, keepdims=True)
pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGTERM comes to handlers on POSIX only")


class Terminates(callbacks.Callback):
    """Has SIGTERM sent at a batch, or at the end of an epoch (batch None)."""

    def __init__(self, epoch, batch, times=1):
        super().__init__()
        self.epoch, self.batch, self.times, self.now = epoch, batch, times, -1

    def on_epoch_begin(self, epoch, logs=None):
        self.now = epoch

    def on_train_batch_end(self, batch, logs=None):
        self._send(batch)

    def on_epoch_end(self, epoch, logs=None):
        self._send(None)

    def _send(self, batch):
        if (self.now, batch) == (self.epoch, self.batch):
            for _ in range(self.times):
                os.kill(os.getpid(), signal.SIGTERM)


def train(folder=None, watching=()):
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input((3,)), layers.Dense(5, "tanh"), layers.Dropout(0.2), layers.Dense(1)])
    model.compile("adam", "mse")
    history = model.fit(X, Y, batch_size=8, epochs=3, verbose=0, resume=folder, callbacks=list(watching))
    return model.get_weights(), history.history


@pytest.mark.parametrize(("batch", "state"), [(2, "state-9"), (None, "state-12")])
def test_the_state_is_written_and_the_next_run_ends_in_the_same_bits(tmp_path, batch, state):
    weights, history = train()
    folder = str(tmp_path / "states")
    with pytest.raises(SystemExit) as caught:
        train(folder, [Terminates(1, batch)])
    assert caught.value.code == 143
    assert state in os.listdir(folder)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    found, found_history = train(folder, [Terminates(9, 9)])
    for one, other in zip(found, weights):
        np.testing.assert_array_equal(one, other)
    assert found_history == history


def test_a_handler_of_the_users_is_left_alone(tmp_path):
    came = []
    before = signal.signal(signal.SIGTERM, lambda *args: came.append(args))
    try:
        train(str(tmp_path / "states"), [Terminates(1, 2)])
    finally:
        signal.signal(signal.SIGTERM, before)
    assert len(came) == 1


def test_the_handler_goes_with_the_training(tmp_path):
    train(str(tmp_path / "states"))
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


@pytest.mark.filterwarnings("ignore")
def test_a_second_one_ends_at_once(tmp_path):
    child = os.fork() if lamina.config.backend() != "jax" else None
    if child is None:
        pytest.skip("no fork with jax")
    if child == 0:
        train(str(tmp_path / "states"), [Terminates(1, 2, times=2)])
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGTERM
