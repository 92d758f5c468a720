"""A sample of the random models of `scripts/fuzz.py`: compiled and eager, saved and loaded, with whole and partial batches."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from lamina.engines import engine

_SPEC = importlib.util.spec_from_file_location("fuzz", Path(__file__).parent.parent / "scripts" / "fuzz.py")
fuzz = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(fuzz)
COUNT = {"native": 24, "torch": 10}.get(engine.NAME, 4)  # compiling takes longer elsewhere


@pytest.mark.parametrize("seed", range(COUNT))
def test_a_random_model_is_sound(seed):
    assert fuzz.check(seed) is None


def test_a_difference_is_found(monkeypatch):
    trial = fuzz.Trial(0)
    predict = trial.model.predict

    def wrong(*args, **kwargs):
        return fuzz.tree.map_structure(lambda a: a + np.float32(0.5), predict(*args, **kwargs))

    monkeypatch.setattr(type(trial.model), "predict", lambda self, *args, **kwargs: wrong(*args, **kwargs))
    assert "predict differs" in trial.fault()


def test_models_differ_and_use_every_move():
    stories = [fuzz.Trial(seed).story for seed in range(100)]
    assert len(set(stories)) == 100
    assert [name for name in fuzz.MOVES if not any(f"'{name}'" in story for story in stories)] == []
