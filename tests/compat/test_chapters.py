"""The subjects of a book on deep learning, each as a program of Keras 2 and of Keras 3, run as users run them."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

pytest.importorskip("PIL")
CHAPTERS = pathlib.Path(__file__).parent / "chapters"
PROGRAMS = sorted(path.stem for path in CHAPTERS.glob("*_keras?.py"))


@pytest.fixture(scope="session")
def made_data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    subprocess.run([sys.executable, "_data.py", str(folder)], cwd=CHAPTERS, check=True)
    return folder


def test_every_chapter_is_told_twice():
    assert {name[:-7] for name in PROGRAMS if name.endswith("2")} == {n[:-7] for n in PROGRAMS if n.endswith("3")}
    assert len(PROGRAMS) == 26


@pytest.mark.parametrize("name", PROGRAMS)
def test_chapter(name, made_data, tmp_path):
    shutil.copytree(made_data, tmp_path, dirs_exist_ok=True)
    command = [sys.executable, "-m", "lamina", "run", str(CHAPTERS / f"{name}.py")]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
