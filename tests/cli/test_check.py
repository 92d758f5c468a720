"""`lamina check` runs a program to its first fit, and says what it would do wrong."""

import json

import pytest

from lamina import config
from lamina.cli._check import NEVER_FITTED, check_script

PROGRAM = """
import sys
import numpy as np
from tensorflow import keras

x = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
y = (x[:, :1] > 0).astype("float32")
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1, {activation!r})])
model.compile("adam", "binary_crossentropy")
try:
    model.fit(x, y, epochs=3, verbose=0)
except Exception as error:
    print("caught", error)
open({mark!r}, "w").close()
"""


@pytest.fixture
def program(tmp_path):
    def write(activation):
        path = tmp_path / "program.py"
        path.write_text(PROGRAM.format(activation=activation, mark=str(tmp_path / "went on")))
        return str(path)

    return write


def test_a_fault_is_named_and_nothing_is_trained(program, tmp_path, capsys):
    before = config.diagnosis()
    assert check_script(program("softmax"), (), False) == 1
    assert "softmax" in capsys.readouterr().out and not (tmp_path / "went on").exists()
    assert config.diagnosis() == before


def test_as_json(program, capsys):
    assert check_script(program("softmax"), (), True) == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["severity"] == "error" and "softmax" in finding["rule"]


def test_a_sound_program(program, tmp_path, capsys):
    assert check_script(program("sigmoid"), (), False) == 0
    assert capsys.readouterr().out == "Nothing found.\n" and not (tmp_path / "went on").exists()


def test_a_program_that_never_fits(tmp_path, capsys):
    (tmp_path / "program.py").write_text("print('hello')\n")
    assert check_script(str(tmp_path / "program.py"), (), False) == NEVER_FITTED
    assert "ended without a fit" in capsys.readouterr().out


def test_a_program_that_fails(tmp_path, capsys):
    (tmp_path / "program.py").write_text("1 / 0\n")
    assert check_script(str(tmp_path / "program.py"), (), False) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert check_script(str(tmp_path / "none.py"), (), False) == 2
