"""A training that is gone on with takes to machine code at the same step as one in one piece, in validation too."""

import numpy as np
import pytest

import lamina
from lamina import callbacks, layers, utils

pytestmark = pytest.mark.native_only("only this engine has two forms of a program")


@pytest.fixture(autouse=True)
def after_few_steps(monkeypatch):
    pytest.importorskip("llvmlite")
    from lamina.engines.native import _compile
    from lamina.engines.native.machine import _switch

    monkeypatch.setattr(_switch, "_chosen", [_switch.Machine.LATER])
    monkeypatch.setattr(_compile, "hand_over", lambda graph: 7)


class Stop(callbacks.Callback):
    """An error after so many batches in all."""

    def __init__(self, at):
        super().__init__()
        self.left = at

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            raise InterruptedError


def fit(folder, *stops):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 3)).astype("float32"), rng.normal(size=(40, 1)).astype("float32")
    utils.set_random_seed(3)
    model = lamina.Sequential([layers.Input((3,)), layers.Dense(8, "tanh"), layers.Dropout(0.2), layers.Dense(1)])
    model.compile("adam", "mse")
    keeper = callbacks.BackupAndRestore(folder, save_freq=1, delete_checkpoint=False)
    history = model.fit(x, y, batch_size=8, epochs=4, validation_split=0.2, callbacks=[keeper, *stops], verbose=0)
    functions = [f for pair in model._steps["train"][1]._programs.values() for f in pair]
    plans = [plan for function in functions for plan in function.plans]
    return model.get_weights(), history.history, [plan.program is not None for plan in plans]


@pytest.mark.parametrize("at", [2, 6, 7, 9, 13])
def test_the_bits_are_the_same(tmp_path, at):
    weights, history, machine = fit(tmp_path / "whole")
    assert any(machine)
    with pytest.raises(InterruptedError):
        fit(tmp_path / "broken", Stop(at))
    again, later, _ = fit(tmp_path / "broken")
    assert [w.tobytes() for w in again] == [w.tobytes() for w in weights]
    assert later == history
