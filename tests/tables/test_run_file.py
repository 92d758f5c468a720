"""Run files: what they hold, and from where their paths are."""

import os
import tomllib

import pytest

from lamina.tables._errors import TableError
from lamina.tables._run_file import found_from, read_run_file, run_toml


def test_what_is_written_is_read_again(tmp_path):
    options = {
        "table": "https://example.org/t.csv",
        "target": 'a "b"\x7f\n',
        "drop": ("x", "y"),
        "folds": 3,
        "seed": 0,
        "test": None,
    }
    path = tmp_path / "run.toml"
    path.write_text(run_toml(options, "m"), encoding="utf-8")
    read = read_run_file(str(path), set(options))
    assert read == {"table": options["table"], "target": options["target"], "drop": ["x", "y"], "folds": 3, "seed": 0}


def test_paths_are_from_the_folder_of_the_run_file(tmp_path, monkeypatch):
    work, other = tmp_path / "work", tmp_path / "other"
    for folder in (work / "m", other):
        folder.mkdir(parents=True)
    for name in ("a.csv", "b.csv"):
        (work / name).write_text("a\n1\n")
    monkeypatch.chdir(work)
    read = tomllib.loads(run_toml({"table": ("a.csv", "b.csv"), "test": "b.csv", "out": "m"}, "m"))
    assert read == {"table": ["../a.csv", "../b.csv"], "test": "../b.csv", "out": "."}
    for folder, run_file in ((work, "m/run.toml"), (other, "../work/m/run.toml"), (work / "m", "run.toml")):
        monkeypatch.chdir(folder)
        tables = found_from(run_file, "table", tuple(read["table"]))
        assert [os.path.realpath(t) for t in tables] == [str(work / "a.csv"), str(work / "b.csv")]
        assert os.path.realpath(found_from(run_file, "out", ".")) == str(work / "m")
    monkeypatch.chdir(work)
    assert found_from("m/run.toml", "table", "../a.csv") == "a.csv"


def test_older_run_files_have_paths_from_the_folder_of_the_command(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("a\n1\n")
    monkeypatch.chdir(tmp_path)
    assert found_from("m/run.toml", "table", "a.csv") == "a.csv"
    assert found_from("m/run.toml", "out", "m") == "m"


def test_what_is_no_path_from_here_stays(tmp_path):
    for value in ("-", "https://example.org/t.csv", str(tmp_path / "t.csv")):
        assert found_from("m/run.toml", "table", value) == value
    assert found_from("m/run.toml", "target", "t.csv") == "t.csv"
    assert tomllib.loads(run_toml({"table": "-"}, "m")) == {"table": "-"}


def test_a_table_that_is_nowhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TableError) as refused:
        found_from("m/run.toml", "table", "../x/t.csv")
    said = str(refused.value)
    assert said.startswith("m/run.toml: table: there is no file '../x/t.csv'")
    assert str(tmp_path / "x" / "t.csv") in said and str(tmp_path.parent / "x" / "t.csv") in said
