"""OrbaxCheckpoint: what is saved comes back by Orbax."""

import importlib.util

import numpy as np
import pytest

from lamina import callbacks, layers
from lamina.layers import Input
from lamina.models import Sequential

X, Y = np.ones((12, 2), "float32"), np.ones((12, 1), "float32")
needs_it = pytest.mark.skipif(importlib.util.find_spec("orbax") is None, reason="needs orbax-checkpoint")
quiet = pytest.mark.filterwarnings("ignore")  # Orbax's own


def make():
    model = Sequential([Input((2,)), layers.Dense(1, name="out")], name="m")
    model.compile("adam", "mse")
    return model


def steps(folder):
    return sorted(int(path.name) for path in folder.iterdir() if path.name.isdecimal())


@needs_it
@quiet
@pytest.mark.parametrize("save_on_background", [True, False])
def test_the_state_comes_back(tmp_path, save_on_background):
    import orbax.checkpoint as orbax

    model = make()
    saving = callbacks.OrbaxCheckpoint(tmp_path / "c", max_to_keep=2, save_on_background=save_on_background)
    model.fit(X, Y, epochs=3, verbose=0, callbacks=[saving])
    assert steps(tmp_path / "c") == [1, 2]
    with orbax.CheckpointManager(tmp_path / "c") as manager:
        state = manager.restore(2, args=orbax.args.StandardRestore(model.get_state_tree("numpy_array")))
    again = make()
    again.fit(X, Y, verbose=0)
    again.set_state_tree({"trainable_variables": state["trainable_variables"]})
    np.testing.assert_array_equal(again.get_layer("out").kernel.numpy(), model.get_layer("out").kernel.numpy())
    assert "optimizer_variables" in state


@needs_it
@quiet
def test_every_some_batches_and_weights_only(tmp_path):
    import orbax.checkpoint as orbax

    saving = callbacks.OrbaxCheckpoint(tmp_path / "c", save_freq=2, max_to_keep=None, save_weights_only=True)
    make().fit(X, Y, batch_size=3, verbose=0, callbacks=[saving])
    assert steps(tmp_path / "c") == [2, 4]
    with orbax.CheckpointManager(tmp_path / "c") as manager:
        assert set(manager.restore(4, args=orbax.args.StandardRestore())) == {
            "trainable_variables", "non_trainable_variables"
        }  # fmt: skip


@needs_it
@quiet
def test_only_the_best(tmp_path, capsys):
    saving = callbacks.OrbaxCheckpoint(tmp_path / "c", monitor="loss", mode="max", save_best_only=True, verbose=1)
    make().fit(X, Y, epochs=3, verbose=0, callbacks=[saving])
    assert steps(tmp_path / "c") == [0] and capsys.readouterr().out.count("goes to") == 1


@needs_it
def test_wrong_arguments(tmp_path):
    with pytest.raises(ValueError, match="save_freq must be 'epoch' or a positive int; got 0"):
        callbacks.OrbaxCheckpoint(tmp_path, save_freq=0)
    with pytest.raises(ValueError, match="max_to_keep must be a positive integer; got 0"):
        callbacks.OrbaxCheckpoint(tmp_path, max_to_keep=0)


def test_without_orbax_the_extra_is_named(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *args: None if name == "orbax" else find(name))
    with pytest.raises(ImportError, match=r"OrbaxCheckpoint needs orbax: pip install 'lamina\[orbax\]'"):
        callbacks.OrbaxCheckpoint("here")
