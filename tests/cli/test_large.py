"""Tables that may not be read at once: fitted, predicted and evaluated in pieces."""

import json
import os
import signal
import subprocess
import sys
import tempfile

import numpy as np
import pytest

import lamina as lm
from lamina.tables._fit import fit_table
from lamina.tables._model import load_table_model

ROWS = 20_000
SMALL = "300KB"  # --memory, so that the table below is read in pieces


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    rng = np.random.default_rng(1)
    path = tmp_path_factory.mktemp("large") / "rows.csv"
    x, amount, city = rng.normal(size=ROWS), rng.integers(1000, 90_000, ROWS), rng.choice(["Rom", "Oslo", "Bonn"], ROWS)
    y = 2 * x + amount / 20_000 * (city == "Rom") + rng.normal(0, 0.3, ROWS)
    with open(path, "w") as file:
        file.write("id,amount,x,city,y,big\n")
        for i in range(ROWS):
            shown = "" if i % 50 == 0 else f"{x[i]:.4f}"
            file.write(f'{i},"{amount[i]:,}",{shown},{city[i]},{y[i]:.4f},{"yes" if y[i] > 1 else "no"}\n')
    return path


@pytest.fixture(scope="module")
def fitted(table, tmp_path_factory):
    """One model of the whole table, one fitted in pieces; where the copy on disk was, nothing is left."""
    arguments = {"target": "y", "drop": ["big"], "effort": "quick", "epochs": 3, "folds": None, "verbose": False}
    whole = fit_table(str(table), **{**arguments, "folds": 0})
    place = tmp_path_factory.mktemp("copy")
    tempfile.tempdir = str(place)
    try:
        pieces = fit_table(str(table), memory=300 << 10, **arguments)
    finally:
        tempfile.tempdir = None
    assert os.listdir(place) == []
    return whole, pieces


def test_a_fit_in_pieces_is_like_one_at_once(fitted, table):
    whole, pieces = fitted
    kinds = [{c.name: (c.kind, c.missing) for c in model.columns} for model in fitted]
    assert kinds[0] == kinds[1]
    assert {c.name: sorted(c.levels) for c in pieces.columns} == {c.name: sorted(c.levels) for c in whole.columns}
    scores = [model.evaluate(str(table))["R squared"] for model in fitted]
    assert scores[1] > scores[0] - 0.02 and scores[1] > 0.9
    assert pieces.summary["rows_read"] == ROWS and 0.5 < pieces.summary["trained_rows"] / ROWS < 0.8
    assert any("20000 rows are read in pieces" in note for note in pieces.summary["notes"])
    assert f"--memory {300 << 10}" in pieces.summary["command"]


def test_predictions_in_pieces_are_those_at_once_to_the_bit(fitted, table, tmp_path):
    path = tmp_path / "model.keras"
    fitted[1].save(str(path))
    at_once = load_table_model(str(path)).predict(str(table))
    in_pieces = load_table_model(str(path)).predict(str(table), memory=1)
    assert at_once.dtype == in_pieces.dtype
    np.testing.assert_array_equal(at_once, in_pieces)


def test_commands(fitted, table, tmp_path, lamina):
    path, outs = tmp_path / "model.keras", [tmp_path / "1.csv", tmp_path / "2.csv"]
    fitted[1].save(str(path))
    for out, more in zip(outs, ([], ["--memory", SMALL])):
        lamina("predict", path, table, "-o", out, "--keep", "id", "--keep", "amount", *more)
    assert outs[0].read_bytes() == outs[1].read_bytes()
    assert outs[0].read_text().startswith("id,amount,predicted_y\n0,")
    found = [json.loads(lamina("evaluate", path, table, "--json", *more).stdout) for more in ([], ["--memory", SMALL])]
    for each in found:  # which show different rows
        assert "Column 'amount' is read as numbers" in each.pop("notes")[0]
    assert found[0] == found[1] and found[0]["rows"] == ROWS
    some = tmp_path / "some.csv"
    some.write_text("id,amount,x\n" + "1,2,3\n" * 10)
    assert "has no column 'city'" in lamina.fails("predict", path, some, "--memory", "1")


def test_explained_and_reported_by_a_sample(fitted, table, tmp_path, lamina):
    path, page = tmp_path / "model.keras", tmp_path / "r.html"
    fitted[1].save(str(path))
    text = lamina("explain", path, table, "--repeats", 1, "--memory", SMALL).stdout
    assert "Too large to be read at once: what follows is of 2000 of the 20000 rows, drawn evenly." in " ".join(
        text.split()
    )
    found = json.loads(lamina("explain", path, table, "--repeats", 1, "--memory", SMALL, "--json").stdout)
    assert "of 2000 of the 20000 rows" in found["notes"][0] and found["rows"] <= 2000
    one = [
        json.loads(lamina("explain", path, table, "--row", 19_999, "--json", *more).stdout)
        for more in ([], ["--memory", SMALL])
    ]
    assert [c["shown"] for c in one[0]["columns"]] == [c["shown"] for c in one[1]["columns"]]
    assert one[0]["prediction"] == one[1]["prediction"] and one[0]["base"] != one[1]["base"]
    assert "rows 1 to 20000" in lamina.fails("explain", path, table, "--row", 20_001, "--memory", SMALL)
    lamina("report", path, table, "-o", page, "--memory", SMALL)
    assert "of 2000 of the 20000 rows, drawn evenly" in page.read_text()


def killed(arguments, line):
    """The command, killed when it has printed a line that holds these words."""
    main = [sys.executable, "-u", "-c", "import sys; from lamina.cli import main; sys.exit(main())"]
    process = subprocess.Popen(
        [*main, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    for said in process.stdout:
        if line in said:
            process.send_signal(signal.SIGKILL)
            break
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_killed_fit_goes_on_to_the_same_bits(table, tmp_path, lamina):
    options = ["--target", "y", "--drop", "big", "--effort", "quick", "--epochs", 8, "--memory", SMALL]
    arguments = ["fit", table, *options, "--out", tmp_path / "m"]
    killed(arguments, "network: epoch 5/8")
    kept = tmp_path / "m" / "unfinished"
    assert not (tmp_path / "m" / "model.keras").exists() and os.listdir(kept / "fold-1")
    other = [*arguments[:-1], tmp_path / "m", "--split-seed", 1]
    assert "unfinished fit of another table" in lamina.fails(*other, "--resume")
    text = lamina(*arguments, "--resume").stdout
    assert "network: epoch 1/8" not in text and "network: epoch 8/8" in text and not kept.exists()
    lamina("fit", table, *options, "--out", tmp_path / "whole", "--quiet")
    assert (tmp_path / "m" / "metrics.json").read_bytes() == (tmp_path / "whole" / "metrics.json").read_bytes()
    models = [lm.models.load_model(tmp_path / name / "model.keras").get_weights() for name in ("m", "whole")]
    for one, whole in zip(*models, strict=True):
        np.testing.assert_array_equal(one, whole)


def test_classes_and_options(table, tmp_path, lamina):
    options = ["--target", "big", "--drop", "y", "--effort", "quick", "--epochs", "1", "--memory", SMALL]
    shown = lamina("fit", table, *options, "--out", tmp_path / "m").stdout
    assert "Target 'big', in the sample: 2 classes" in shown and "so that equal rows stay together" in shown
    assert json.loads((tmp_path / "m" / "metrics.json").read_text())["test"]
    assert (tmp_path / "m" / "report.html").exists() and not (tmp_path / "m" / "unfinished").exists()
    more = ["--hidden", "0", "--group", "city"]
    shown = lamina("fit", tmp_path / "m" / "run.toml", "--out", tmp_path / "n", *more).stdout
    assert "for the test, by 'city'" in shown
    wrong = lamina.fails("fit", table, *options, "--folds", "3", "--out", tmp_path / "o")
    assert "--folds needs the whole table in memory" in wrong


def test_ctrl_c_leaves_nothing_behind(table, tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("lamina.tables._fit.correct", interrupt)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(KeyboardInterrupt):
        lm.fit_table(str(table), target="y", memory=1, verbose=False)
    assert os.listdir(tmp_path) == []
