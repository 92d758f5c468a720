"""Columns of very many categories: none is lumped with others."""

import json

import numpy as np
import pytest

pandas = pytest.importorskip("pandas")
pytest.importorskip("matplotlib")

from lamina.tables import _columns, _network  # noqa: E402


@pytest.fixture
def shops(monkeypatch):
    """80 shops with a level of their own, of which no more than 20 are one-hot; a number beside them."""
    for module in (_columns, _network):
        monkeypatch.setattr(module, "MOST_LEVELS", 20)
    rng = np.random.default_rng(2)
    shop, size = rng.integers(0, 80, 1200), rng.normal(0, 1, 1200).round(3)
    levels = rng.normal(0, 3, 80)
    sales = (levels[shop] + size + rng.normal(0, 0.3, 1200)).round(3)
    return {"shop": [f"shop {s}" for s in shop], "size": size.tolist(), "sales": sales.tolist()}


@pytest.mark.parametrize("folds", [0, 3])
def test_all_are_told_apart(lamina, tmp_path, write_table, shops, folds):
    table = write_table(shops)
    options = ("--effort", "quick", "--folds", folds, "--out", tmp_path / "out")
    screen = lamina("fit", table, "--target", "sales", *options).stdout
    assert "80 categories, embedded; the linear model tells the 20 most frequent apart" in " ".join(screen.split())
    figures = json.loads((tmp_path / "out" / "metrics.json").read_text())["test"]
    assert figures["network"]["R squared"] > 0.9 > 0.7 > figures["linear model"]["R squared"]
    model = tmp_path / "out" / "model.keras"
    new = write_table({"shop": [*shops["shop"][:200], "shop 999"], "size": [*shops["size"][:200], 0.0]}, "new.csv")
    result = lamina("predict", model, new, "-o", tmp_path / "p.csv")
    predicted = pandas.read_csv(tmp_path / "p.csv")["predicted_sales"].to_numpy()
    assert np.corrcoef(predicted[:200], shops["sales"][:200])[0, 1] > 0.95
    assert np.isfinite(predicted[200]) and "'shop 999'" in result.stderr
    assert "Wrote" in lamina("export", model, "--format", "numpy", "--check").output
