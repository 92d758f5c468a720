import os
import subprocess
import sys

import pytest

from lamina import compat
from lamina.compat._install import is_installed


@pytest.fixture
def script(tmp_path):
    def write(text):
        path = tmp_path / "program.py"
        path.write_text(text)
        return str(path)

    return write


def test_sees_its_arguments_and_its_folder(script, tmp_path, capsys):
    (tmp_path / "neighbour_of_program.py").write_text("import keras\nanswer = keras.layers.Dense(3).units\n")
    path = script("import sys, neighbour_of_program as n\nprint(sys.argv, n.answer, __name__, __file__)\n")
    before = sys.argv, list(sys.path)
    assert compat.run_script(path, ["--help", "x"]) == 0
    assert capsys.readouterr().out == f"{[path, '--help', 'x']} 3 __main__ {path}\n"
    assert (sys.argv, sys.path) == before and not is_installed()
    sys.modules.pop("neighbour_of_program")


def test_error_points_at_the_programs_line(script, capsys):
    path = script("from keras.layers import Dense\n\nDense(-1)\n")
    assert compat.run_script(path) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[:3] == ["Traceback (most recent call last):", f'  File "{path}", line 3, in <module>', "    Dense(-1)"]
    assert any(line.startswith("ValueError: ") for line in lines[-2:]) and "runpy" not in "".join(lines)
    assert not is_installed()


def test_syntax_error_and_missing_file(script, capsys):
    path = script("x = = 1\n")
    assert compat.run_script(path) == 1
    assert f'File "{path}", line 1' in capsys.readouterr().err
    assert compat.run_script(path + "x") == 2
    assert "there is no file" in capsys.readouterr().err


def test_exit_code_passes_through(script):
    with pytest.raises(SystemExit) as caught:
        compat.run_script(script("raise SystemExit(7)"))
    assert caught.value.code == 7 and not is_installed()
    done = subprocess.run([sys.executable, "-m", "lamina", "run", script("import sys; sys.exit(5)")], env=os.environ)
    assert done.returncode == 5
    done = subprocess.run([sys.executable, "-m", "lamina", "run", script("1 / 0")], capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.endswith("ZeroDivisionError: division by zero\n")


def test_options_are_the_programs_own(script):
    path = script("import sys; print(sys.argv[1:])")
    done = subprocess.run([sys.executable, "-m", "lamina", "run", path, "--help"], capture_output=True, text=True)
    assert done.stdout == "['--help']\n"


def test_a_module_runs_as_python_m_would(tmp_path):
    (tmp_path / "test_it.py").write_text("import keras, sys\n\ndef test_it():\n    assert keras.version()[0] == '3'\n")
    command = [sys.executable, "-m", "lamina", "run", "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout + done.stderr
    before = sys.argv, list(sys.path)
    assert compat.run_module("no_such_module_at_all") == 2
    assert (sys.argv, sys.path) == before and not is_installed()
