"""Trainings in processes that are killed and started again; `scripts/kill.py` does it to more of them."""

import importlib.util
import random
import sys
from pathlib import Path

import pytest

from lamina.engines import engine

_SPEC = importlib.util.spec_from_file_location("kill", Path(__file__).parents[3] / "scripts" / "kill.py")
kill = importlib.util.module_from_spec(_SPEC)
sys.modules["kill"] = kill
_SPEC.loader.exec_module(kill)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["arrays", "dataset"] if engine.NAME == "native" else ["arrays"])
def test_a_killed_training_ends_as_one_in_one_piece(name):
    rng, killed = random.Random(1), 0
    reference = kill.whole_run(name, engine.NAME)
    assert len(reference["epoch"]) > 2
    while not killed:  # one that happens to end before it is killed says nothing
        outcome = kill.trial(name, engine.NAME, 2, rng, reference)
        assert outcome.fault is None
        killed += outcome.kills


def test_a_difference_is_told():
    one = {"weights": "a", "history": {"loss": [1.0]}}
    assert kill._difference(one, dict(one)) is None
    assert kill._difference(one, {**one, "weights": "b"}) == "other weights"
