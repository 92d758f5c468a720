"""`lamina check MODEL TABLE`."""

import json

import numpy as np
import pytest


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("t")
    rng = np.random.default_rng(0)
    for name, factor in (("old", 1), ("new", 1), ("moved", 1000)):
        x = rng.normal(size=300)
        lines = [f"{v * factor:.4f},{v * 2 + e:.4f}\n" for v, e in zip(x, rng.normal(0, 0.5, 300))]
        (folder / f"{name}.csv").write_text("x,y\n" + "".join(lines))
    return folder


def test_check(tables, tmp_path, lamina):
    out = tmp_path / "m"
    shown = lamina(
        "fit", tables / "old.csv", "--target", "y", "--folds", 0, "--epochs", 30, "--effort", "quick", "--out", out
    ).stdout
    assert "Is the network sound? Nothing found." in shown
    assert "Is the network sound?" in (out / "report.html").read_text()
    assert json.loads((out / "metrics.json").read_text())["soundness"] == []
    for model in (out, out / "model.keras"):
        result = lamina("check", model, tables / "new.csv")
        assert "new.csv, 300 rows, beside" in result.stdout and "Nothing found." in result.stdout
    assert "shifted-column" in lamina("check", out, tables / "moved.csv", code=1).stdout
    found = json.loads(lamina("check", out, tables / "moved.csv", "--json", code=1).stdout)
    assert found["rows"] == 300 and found["findings"][0]["rule"] == "shifted-column"
    assert "is checked with a table" in lamina.fails("check", out)
    assert "no such file" in lamina.fails("check", out, tables / "none.csv")
