"""Options of `lamina fit` through the command: which rows are tested, run files, JSON, folders, Ctrl-C."""

import json

import numpy as np
import pytest

from lamina.cli import _app
from lamina.tables import load_table_model

pytest.importorskip("pandas")


@pytest.fixture
def visits(write_table):
    """60 visits of 12 patients on 60 days, in no order."""
    rng = np.random.default_rng(0)
    day = rng.permutation(60)
    patient, age = np.arange(60) % 12, rng.integers(20, 80, 60)
    rows = {
        "patient": [f"p{n}" for n in patient],
        "day": [str(np.datetime64("2024-01-01") + np.timedelta64(int(d), "D")) for d in day],
        "age": age, "cost": (2.5 * age + 3 * patient + rng.normal(size=60)).round(2),
    }  # fmt: skip
    return write_table(rows)


@pytest.fixture
def fit(lamina, tmp_path):
    """Fits a linear model; gives metrics.json and what the command printed."""

    def run(table, *options, out="m"):
        result = lamina("fit", table, "--target", "cost", "--hidden", 0, "--out", tmp_path / out, *options)
        return json.loads((tmp_path / out / "metrics.json").read_text()), result.stdout

    return run


@pytest.fixture
def divided(monkeypatch):
    """The rows of each part of each round of the last fit."""
    from lamina.tables import _division

    found, own = [], _division.prepare

    def prepare(columns, target, tables, rows):
        found.append([table.row_numbers for table in tables])
        return own(columns, target, tables, rows)

    monkeypatch.setattr(_division, "prepare", prepare)
    return found


def column(table, name):
    lines = [line.split(",") for line in table.read_text().splitlines()]
    return np.array([line[lines[0].index(name)] for line in lines[1:]])


def test_a_group_stays_on_one_side(fit, visits, divided):
    metrics, text = fit(visits, "--group", "patient", "--folds", 4)
    patients = column(visits, "patient")
    assert len(divided) == 4 and sorted(np.concatenate([parts[2] for parts in divided])) == list(range(1, 61))
    for parts in divided:
        sides = [set(patients[part - 1]) for part in parts]
        assert not (sides[0] & sides[2] or sides[0] & sides[1] or sides[1] & sides[2])
    kinds = {c["name"]: (c["kind"], c["note"]) for c in metrics["columns"]}
    assert kinds["patient"] == ("left out", "tells which rows belong together (--group)") and "4 folds" in text


def test_more_folds_than_there_are_rows_or_groups(lamina, fit, visits, tmp_path):
    _, text = fit(visits, "--group", "patient", "--folds", 20)
    assert "20 folds are too many" in text and "; 6 are made." in text
    command = ("fit", visits, "--target", "cost", "--hidden", 0, "--out", tmp_path / "n")
    assert "--folds 61: the table has 60 rows" in lamina.fails(*command, "--folds", 61)


def test_the_latest_rows_are_tested(fit, visits, divided):
    metrics, text = fit(visits, "--time", "day")
    (parts,) = divided
    days = [column(visits, "day")[part - 1] for part in parts]
    assert max(days[0]) < min(days[1]) and max(days[1]) < min(days[2]) and len(days[2]) == 12
    assert metrics["rows"]["test"] == 12 and "the latest by 'day'" in text


def test_another_table_is_tested(fit, visits, write_table, tmp_path):
    lines = visits.read_text().splitlines()
    other = tmp_path / "other.csv"
    other.write_text("\n".join([lines[0], *lines[1:9]]) + "\n")
    metrics, text = fit(visits, "--test", other)
    assert metrics["rows"]["test"] == 8 and metrics["rows"]["training"] + metrics["rows"]["validation"] == 60
    assert f"tested on the 8 rows of {other}" in text
    said = f"{other}: 8 of 8 rows to be tested stand in {visits} too"
    assert said in text and any(caution.startswith(said) for caution in metrics["cautions"])
    other.write_text("\n".join([lines[0], *(f"{line}9" for line in lines[1:9])]) + "\n")
    metrics, text = fit(visits, "--test", other, out="n")
    assert "rows to be tested stand in" not in text


def test_the_split_seed_fixes_the_split_and_the_seed_does_not(fit, visits, divided):
    for n, options in enumerate([("--split-seed", 1), ("--split-seed", 1, "--seed", 5), ("--split-seed", 2)]):
        fit(visits, "--test-size", 0.25, *options, out=f"m{n}")
    first, same, other = ([part.tolist() for part in parts] for parts in divided)
    assert first == same and first != other and len(first[2]) == 15


def test_nothing_is_overwritten_without_force(lamina, fit, visits, tmp_path):
    fit(visits, "--split-seed", 1)
    before = (tmp_path / "m" / "model.keras").read_bytes()
    arguments = ("fit", visits, "--target", "cost", "--hidden", 0, "--out", tmp_path / "m", "--drop", "age")
    assert "holds a model already" in lamina.fails(*arguments)
    assert (tmp_path / "m" / "model.keras").read_bytes() == before
    lamina(*arguments, "--force")
    assert (tmp_path / "m" / "model.keras").read_bytes() != before
    (tmp_path / "n").mkdir()
    (tmp_path / "n" / "report.html").write_text("mine")
    assert "holds report.html already" in lamina.fails(*arguments, "--out", tmp_path / "n")
    (tmp_path / "n" / "p.csv").write_text("mine")
    predict = ("predict", tmp_path / "m" / "model.keras", visits, "-o", tmp_path / "n" / "p.csv")
    assert "overwrite it with --force" in lamina.fails(*predict)
    lamina(*predict, "--force")
    assert (tmp_path / "n" / "p.csv").read_text().startswith("predicted_cost\n")


def test_the_folder_is_looked_at_before_anything_is_read(lamina, visits, tmp_path, monkeypatch):
    monkeypatch.setattr(_app, "fit_table", lambda *_, **__: pytest.fail("trained"))
    assert "cannot be written to" in lamina.fails("fit", visits, "--target", "cost", "--out", visits / "m")


def test_a_run_file_repeats_the_fit(lamina, fit, visits, tmp_path):
    metrics, _ = fit(visits, "--group", "patient", "--folds", 3, "--ordinal", "day=a,b", "--drop", "day", out="one")
    run = tmp_path / "one" / "run.toml"
    assert 'ordinal = ["day=a,b"]' in run.read_text()
    lamina("fit", run, "--out", tmp_path / "two", "--json")
    again = json.loads((tmp_path / "two" / "metrics.json").read_text())
    assert again == metrics
    lamina("fit", run, "--out", tmp_path / "three", "--split-seed", 7)
    other = json.loads((tmp_path / "three" / "metrics.json").read_text())
    assert other["split_seed"] == 7 and other["test"] != metrics["test"]
    assert "holds a model already" in lamina.fails("fit", run)
    lamina("fit", run, "--force")


def test_mistakes_in_run_files(lamina, tmp_path):
    path = tmp_path / "run.toml"
    (tmp_path / "a.csv").write_text("y\n1\n")
    for text, said in (
        ("target = 'y'", "names no table"), ("tabel = 'a.csv'", "no option 'tabel'"), ("= 3", "no TOML"),
        ("table = 'a.csv'", "--target is needed"), ("force = true", "no option 'force'"),
        ("table = 'b.csv'\ntarget = 'y'", "no file 'b.csv'; looked for it at"),
    ):  # fmt: skip
        path.write_text(text + "\n")
        assert said in lamina.fails("fit", path)


def test_json_is_one_document_and_nothing_else(lamina, visits, tmp_path):
    result = lamina("fit", visits, "--target", "cost", "--hidden", 0, "--out", tmp_path / "m", "--json")
    found = json.loads(result.stdout)
    assert result.stderr == ""
    files = found.pop("files")
    assert found == json.loads((tmp_path / "m" / "metrics.json").read_text())
    assert files[0] == str(tmp_path / "m" / "model.keras") and str(tmp_path / "m" / "report.html") in files
    assert load_table_model(files[0]).figures == found["test"]
    failed = lamina("fit", visits, "--target", "cots", "--out", tmp_path / "n", "--json", code=2)
    assert failed.stdout == "" and "Did you mean 'cost'?" in failed.stderr


def test_the_command_that_is_told_gives_the_same_figures(lamina, fit, visits, tmp_path):
    import shlex

    metrics, _ = fit(visits, "--time", "day", "--drop", "patient", "--seed", 3)
    words = shlex.split(metrics["command"])
    assert words[0] == "lamina"
    lamina(*words[1:], "--out", tmp_path / "again", "--quiet")
    assert json.loads((tmp_path / "again" / "metrics.json").read_text()) == metrics


def test_ctrl_c_before_there_is_anything_to_keep(lamina, visits, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(_app, "fit_table", interrupted)
    result = lamina("fit", visits, "--target", "cost", "--out", tmp_path / "m", code=130)
    assert result.stderr == "lamina fit: interrupted; nothing was written.\n" and not (tmp_path / "m").exists()


def test_the_columns_that_matter_are_named(fit, visits):
    metrics, text = fit(visits, "--drop", "day")
    found = metrics["importance"]
    assert [c["name"] for c in found] == ["age", "patient"] and found[0]["value"] > 10
    assert (
        f"Matter most, by how much the root mean squared error grows when they are shuffled: age (+{found[0]['value']:.3g})"
        in text
    )


def test_mistakes_about_which_rows_are_tested(lamina, visits, write_table, tmp_path):
    def message(*options):
        return lamina.fails("fit", visits, "--target", "cost", "--hidden", 0, "--out", tmp_path / "m", *options)

    assert "holds neither dates nor numbers" in message("--time", "patient")
    assert "no column 'patients'. Did you mean 'patient'?" in message("--group", "patients")
    assert "that is the target itself" in message("--time", "cost")
    assert "--time names two columns" in message("--time", "day", "--time", "age")
    assert "--folds and --time" in message("--folds", 3, "--time", "day")
    other = write_table({"patient": ["p1"], "day": ["2024-01-01"], "age": [3]}, "other.csv")
    assert "no column 'cost' to test" in message("--test", other)
    gaps = visits.read_text().replace("2024-01-05", "")
    (tmp_path / "gaps.csv").write_text(gaps)
    said = lamina.fails("fit", tmp_path / "gaps.csv", "--target", "cost", "--time", "day", "--out", tmp_path / "m")
    assert "has no moment that can be read" in said and not (tmp_path / "m").exists()


def test_a_duration_ends_the_training(lamina, visits, tmp_path):
    options = (
        "--folds",
        0,
        "--epochs",
        100_000,
        "--patience",
        100_000,
        "--time",
        "0.3s",
        "--effort",
        "quick",
        "--json",
    )
    result = lamina("fit", visits, "--target", "cost", "--out", tmp_path / "m", *options)
    found = json.loads(result.stdout)
    assert 0 < found["epochs"] < 100_000 and "--time 0.3s" in found["command"]


def test_two_columns_that_give_the_target_away_together(lamina, tmp_path, write_table):
    rng = np.random.default_rng(1)
    hours, rate, other = rng.uniform(1, 9, (3, 120)).round(3)
    table = write_table({"hours": hours, "rate": rate, "other": other, "pay": (hours * rate).round(4)})
    text = lamina("fit", table, "--target", "pay", "--hidden", "0", "--out", tmp_path / "out").stdout
    assert "'hours' and 'rate' determine the target 'pay' (nearly) exactly." in text
    assert "'hours' and 'rate'" in json.loads((tmp_path / "out" / "metrics.json").read_text())["cautions"][0]
