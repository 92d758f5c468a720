"""The entry point: what the streams cannot take, and Ctrl-C while it is still importing."""

import os
import subprocess
import sys

import pytest

from lamina.cli._main import said_of

CLASSES = "젠투", "아델리"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("main")
    rows = [f"{i / 4},{CLASSES[i > 20]}" for i in range(40)]
    (folder / "펭귄.csv").write_text("\n".join(["n,종", *rows]), encoding="utf-8")
    return folder


def run(folder, *args, encoding="cp1252", code="", **options):
    start = f"import sys; {code}\nfrom lamina.cli import main\nsys.exit(main())"
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.run([sys.executable, "-c", start, *args], cwd=folder, env=environment, **options)


@pytest.fixture(scope="module")
def fitted(folder):
    return run(folder, "fit", "펭귄.csv", "--target", "종", "--hidden", "0", "--folds", "2", "--out", "m")


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_what_the_console_cannot_show_is_shown_by_its_code(folder, fitted, encoding):
    assert fitted.returncode == 0, fitted.stderr
    assert b"\\uc820\\ud22c" in fitted.stdout
    failed = run(folder, "fit", "없음.csv", "--target", "종", encoding=encoding)
    assert failed.returncode == 2
    assert failed.stderr == b"lamina fit: \\uc5c6\\uc74c.csv: there is no such file." + os.linesep.encode()


def test_predictions_on_a_pipe_are_utf_8_whatever_the_console(folder, fitted):
    lines = run(folder, "predict", "m", "펭귄.csv").stdout.decode("utf-8").splitlines()
    assert lines[0] == "predicted_종,probability_아델리,probability_젠투"
    assert [line.split(",")[0] for line in lines[1:]] == [CLASSES[i > 20] for i in range(40)]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device that is always full")
@pytest.mark.parametrize("args", [("predict", "m", "펭귄.csv"), ("evaluate", "m", "펭귄.csv")])
def test_a_full_disk(folder, fitted, args):
    with open("/dev/full", "wb") as full:
        failed = run(folder, *args, stdout=full)
    assert failed.returncode == 2
    (line,) = failed.stderr.decode().splitlines()
    assert line.startswith("lamina") and "No space left on device" in line


@pytest.mark.skipif(os.name != "posix", reason="pipes")
@pytest.mark.parametrize("args", [("predict", "m", "펭귄.csv"), ("evaluate", "m", "펭귄.csv")])
def test_a_pipe_that_nobody_reads_ends_it_in_silence(folder, fitted, args):
    reading, writing = os.pipe()
    os.close(reading)
    ended = run(folder, *args, stdout=writing)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_ctrl_c_while_importing(folder):
    finder = (
        "import importlib.abc\n"
        "class Interrupted(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'lamina.cli._options': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupted())"
    )
    ended = run(folder, "--version", code=finder)
    assert (ended.returncode, ended.stdout) == (130, b"")
    assert ended.stderr.decode().splitlines() == ["lamina: interrupted; nothing was written."]


def test_what_is_said_of_a_file():
    assert (
        said_of(PermissionError(13, "Permission denied", "a.csv"))
        == "a.csv: cannot be read or written (Permission denied)."
    )
    assert said_of(OSError(28, "No space left")).startswith("the standard output or a temporary file: ")
