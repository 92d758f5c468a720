"""`lamina evaluate` prints the figures of a model on a table."""

import json

import pytest

from lamina.tables import load_table_model


@pytest.fixture
def fitted(tmp_path, lamina, write_table, people):
    pytest.importorskip("pandas")
    table = write_table(people)
    lamina(
        "fit",
        table,
        "--target",
        "band",
        "--drop",
        "cost",
        "--out",
        tmp_path / "m",
        "--epochs",
        2,
        "--folds",
        0,
        "--quiet",
    )
    return tmp_path / "m" / "model.keras", table


def test_figures_and_confusion(lamina, fitted):
    model, table = fitted
    text = lamina("evaluate", model, table).stdout
    assert "120 rows with 'band'." in text and "accuracy" in text and "true \\ predicted" in text
    found = json.loads(lamina("evaluate", model, table, "--json").stdout)
    assert found["rows"] == 120 and found["target"] == "band"
    assert found["metrics"] == load_table_model(model).evaluate(str(table))


def test_figures_of_a_number(lamina, tmp_path, write_table, people):
    table = write_table(people)
    lamina("fit", table, "--target", "cost", "--out", tmp_path / "m", "--hidden", 0, "--folds", 2, "--quiet")
    text = lamina("evaluate", tmp_path / "m" / "model.keras", table).stdout
    assert "120 rows with 'cost'." in text and "R squared" in text and "predicted" not in text
    gaps = write_table({**people, "cost": ["", "-", *people["cost"][2:]]}, "gaps.csv")
    text = " ".join(lamina("evaluate", tmp_path / "m" / "model.keras", gaps).stdout.split())
    assert "Note: 2 of 120 rows have no 'cost' and are left out. Taken as missing there: '-' in 1;" in text


def test_mistakes(lamina, fitted, tmp_path):
    model, _ = fitted
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    assert "there is no column 'band'" in lamina.fails("evaluate", model, tmp_path / "other.csv")
