"""Machine code is asked for, and says what it needs."""

import importlib.util

import numpy as np
import pytest

from lamina import config
from lamina.engines import native


def test_it_is_off_until_asked_for():
    assert not config.uses_machine_code()
    compiled = native.compile(np.exp)
    compiled(np.ones(3, "float32"))
    assert compiled.plans[0].program is None


def test_only_true_or_false():
    with pytest.raises(TypeError, match="set_machine_code: `on` must be True or False, got 'yes'"):
        config.set_machine_code("yes")


def test_what_is_missing_is_named(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "llvmlite" else find(name, *more)
    )
    with pytest.raises(ImportError, match=r"Machine code needs llvmlite: pip install 'lamina\[fast\]'"):
        config.set_machine_code(True)
    assert not config.uses_machine_code()


def test_programs_made_before_stay_as_they_are(with_machine_code):
    compiled = native.compile(np.exp)
    compiled(np.ones(3, "float32"))
    config.set_machine_code(False)
    compiled(np.ones(4, "float32"))
    written = [plan.program is not None for plan in compiled.plans]
    assert written == [True, False]


def test_the_plan_names_what_is_machine_code(with_machine_code):
    compiled = native.compile(lambda x: np.cumsum(np.exp(x) + 1, axis=0) * 2)
    compiled(np.ones((3, 4), "float32"))
    lines = [line.strip() for line in compiled.plans[0].source.splitlines()[1:]]
    assert lines[0] == "machine_0()  # exp add"
    assert "cumsum" in lines[1]
    assert lines[2] == "machine_1()  # multiply"
