"""A sample of the damaged files of `scripts/mutate_files.py`: refused by a ModelFileError, or loaded soundly."""

import importlib.util
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lamina.saving import ModelFileError

pytest.importorskip("resource")
SCRIPT = Path(__file__).parents[2] / "scripts" / "mutate_files.py"
_SPEC = importlib.util.spec_from_file_location("mutate_files", SCRIPT)
mutate_files = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(mutate_files)
pytestmark = pytest.mark.native_only("what files may do is one for all engines")


def test_a_sample_of_every_format():
    command = [sys.executable, str(SCRIPT), "--count", "60", "--seed", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines] == mutate_files.KINDS
    assert all("60 mutants" in line and "refused" in line and "loaded" in line for line in lines)


def test_another_error_and_a_crash_are_faults(monkeypatch, tmp_path):
    reader = mutate_files.Reader("state", mutate_files.good_file("state", tmp_path), tmp_path)
    assert reader.outcome(0, 1) == (1, None, True)
    monkeypatch.setattr(reader, "_read", lambda: 1 / 0)
    assert "ZeroDivisionError" in reader.outcome(0, 1).fault

    def says_nothing():
        raise ModelFileError(reader.path, None, " .")

    monkeypatch.setattr(reader, "_read", says_nothing)
    assert "does not say why" in reader.outcome(0, 1).fault


def test_mutants_differ_and_are_the_same_again(tmp_path, monkeypatch):
    for kind in mutate_files.KINDS:
        good = mutate_files.good_file(kind, tmp_path)
        reader = mutate_files.Reader(kind, good, tmp_path)
        made = [reader.mutant(0, number) for number in range(20)]
        assert len({*made, good}) > 18
        with monkeypatch.context() as later:
            later.setattr(time, "time", lambda: 2e9)
            assert made == [reader.mutant(0, number) for number in range(20)]
        assert made[3] != reader.mutant(1, 3)


def test_json_is_changed_in_structure():
    rng = random.Random(0)
    kinds = {type(mutate_files.change_json({"a": [1, {"b": 2}], "c": "x"}, rng)) for _ in range(50)}
    assert kinds == {dict}
