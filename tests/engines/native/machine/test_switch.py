"""Machine code is asked for, and says what it needs."""

import importlib.util

import numpy as np
import pytest

from lamina import config
from lamina.engines import native
from lamina.engines.native.machine import _switch


@pytest.fixture
def unsaid(monkeypatch):
    """Nobody has chosen."""
    monkeypatch.setattr(_switch, "_chosen", [])
    monkeypatch.delenv("LAMINA_MACHINE", raising=False)
    _switch._at_first.cache_clear()
    yield
    _switch._at_first.cache_clear()


def installed(monkeypatch, is_there):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: is_there if name == "llvmlite" else find(name, *more)
    )


@pytest.mark.parametrize("is_there", [True, False])
def test_what_is_installed_decides(unsaid, monkeypatch, is_there):
    installed(monkeypatch, is_there)
    assert config.uses_machine_code() is is_there


@pytest.mark.parametrize("said, expected", [("0", "NEVER"), ("1", "LATER"), ("now", "AT_ONCE")])
def test_the_environment_decides(unsaid, monkeypatch, said, expected):
    monkeypatch.setenv("LAMINA_MACHINE", said)
    assert _switch.machine_code().name == expected


def test_the_environment_is_checked(unsaid, monkeypatch):
    monkeypatch.setenv("LAMINA_MACHINE", "yes")
    with pytest.raises(ValueError, match="LAMINA_MACHINE must be 0, 1 or now; got 'yes'"):
        config.uses_machine_code()


def test_only_true_or_false():
    with pytest.raises(TypeError, match="set_machine_code: `on` must be True or False, got 'yes'"):
        config.set_machine_code("yes")
    with pytest.raises(TypeError, match="set_machine_code: `at_once` must be True or False, got 3"):
        config.set_machine_code(True, at_once=3)


def test_what_is_missing_is_named(unsaid, monkeypatch):
    installed(monkeypatch, None)
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
