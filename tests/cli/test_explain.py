"""`lamina explain` and `lamina report` on a small model."""

import json

import numpy as np
import pytest

import lamina as package
from lamina.tables import load_table_model


def saved(folder, target):
    """A linear model of made-up rows in its file, and the rows in theirs."""
    rng = np.random.default_rng(3)
    age, size = rng.integers(20, 70, 120), rng.choice(["low", "mid", "high"], 120)
    cost = 2.0 * age + 40 * (size == "mid") + 80 * (size == "high") + rng.normal(0, 3, 120)
    band = np.where(cost < 110, "cheap", np.where(cost < 160, "fair", "dear"))
    rows = {"age": age, "size": size, "city": rng.choice(["Rom", "Oslo"], 120), "cost": cost.round(2), "band": band}
    rows = {name: values.tolist() for name, values in rows.items() if name in ("age", "size", "city", target)}
    model = package.fit_table(rows, target=target, hidden=(), folds=0, verbose=False)
    model.summary["table"] = str(folder / "table.csv")
    model.save(folder / "model.keras")
    lines = [",".join(rows), *(",".join(map(str, row)) for row in zip(*rows.values()))]
    (folder / "table.csv").write_text("\n".join(lines) + "\n")
    return folder / "model.keras", folder / "table.csv"


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("cost"), "cost")


def test_the_importance_of_columns(lamina, fitted):
    model, table = fitted
    text = lamina("explain", model, table).stdout
    assert "root mean squared error" in text and "of 120 rows" in text
    found = json.loads(lamina("explain", model, table, "--json", "--repeats", 3).stdout)
    assert {c["name"] for c in found["columns"][:2]} == {"size", "age"} and found["columns"][1]["value"] > 10
    assert found["columns"][2]["value"] < 1
    assert found["rows"] == 120 and found["repeats"] == 3 and found["target"] == "cost"
    own = load_table_model(model).explain(str(table), repeats=3)
    assert [c["value"] for c in found["columns"]] == own.values.tolist()


def test_one_row(lamina, fitted, tmp_path):
    model, table = fitted
    text = lamina("explain", model, table, "--row", 3).stdout
    assert "row 3: cost is" in text and "120 rows" not in text
    found = json.loads(lamina("explain", model, table, "--row", 3, "--json").stdout)
    added = sum(c["values"]["cost"] for c in found["columns"])
    assert np.isclose(added, found["prediction"]["cost"] - found["base"]["cost"], rtol=1e-4)
    few = tmp_path / "few.csv"
    few.write_text("age,city,size\n20,Rom,low\n25,Rom,low\n")
    beside = json.loads(lamina("explain", model, table, "--row", 3, "--background", few, "--json").stdout)
    assert beside["background_rows"] == 2 and beside["base"]["cost"] < found["base"]["cost"]
    assert beside["prediction"] == pytest.approx(found["prediction"], rel=1e-5)


def test_one_row_of_classes(lamina, tmp_path):
    model, table = saved(tmp_path, "band")
    assert "probability of 'fair'" in lamina("explain", model, table, "--row", 1, "--class", "fair").stdout
    assert "the classes are cheap, dear, fair" in lamina.fails("explain", model, table, "--row", 1, "--class", "x")


def test_mistakes(lamina, fitted, tmp_path):
    model, table = fitted
    assert "no row 121; the table has rows 1 to 120" in lamina.fails("explain", model, table, "--row", 121)
    assert "'cost' is a number" in lamina.fails("explain", model, table, "--row", 1, "--class", "x")
    assert "--background is of one row" in lamina.fails("explain", model, table, "--background", table)
    other = package.Sequential([package.Input((2,)), package.layers.Dense(1)])
    other.save(tmp_path / "other.keras")
    for command in ("explain", "report", "evaluate"):
        assert "not written by lamina fit" in lamina.fails(command, tmp_path / "other.keras", table)


def test_a_report_on_new_rows(lamina, fitted, tmp_path, monkeypatch):
    model, table = fitted
    monkeypatch.chdir(tmp_path)
    assert lamina("report", model, table).stdout == "Wrote table-report.html.\n"
    page = (tmp_path / "table-report.html").read_text()
    assert "The model was fitted on rows of" in page and "Residuals" in page
    assert "overwrite it with --force" in lamina.fails("report", model, table)
    lamina("report", model, table, "--force")
    assert "cannot be written" in lamina.fails("report", model, table, "-o", tmp_path / "no" / "r.html")
    lines = table.read_text().splitlines()
    (tmp_path / "new.csv").write_text("\n".join(lines[:30]) + "\n")
    lamina("report", model, tmp_path / "new.csv", "-o", "new.html")
    assert "flatters" not in (tmp_path / "new.html").read_text()
