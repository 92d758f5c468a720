"""Targets of long tails: fitted on a logarithmic scale where that is better, told, and undone in everything that is shown."""

import json

import numpy as np
import pytest

pandas = pytest.importorskip("pandas")
pytest.importorskip("matplotlib")

from lamina.tables._model import load_table_model  # noqa: E402


@pytest.fixture
def prices():
    """A price that is a product: its logarithm is a sum."""
    rng = np.random.default_rng(5)
    size, age = rng.normal(0, 1, 300), rng.normal(0, 1, 300)
    price = 1000 * np.exp(1.2 * size - 0.8 * age + rng.normal(0, 0.1, 300))
    return {"size": size.round(4).tolist(), "age": age.round(4).tolist(), "price": price.round(2).tolist()}


@pytest.fixture
def sums(prices):
    """A target with a long tail that is a sum of numbers with long tails."""
    rng = np.random.default_rng(6)
    parts = np.exp(rng.normal(0, 1.2, (300, 2)))
    return {"a": parts[:, 0].round(4).tolist(), "b": parts[:, 1].round(4).tolist(),
            "y": (parts.sum(axis=1) + rng.normal(0, 0.2, 300)).round(4).tolist()}  # fmt: skip


def fit(lamina, tmp_path, table, target, *options):
    screen = lamina("fit", table, "--target", target, "--out", tmp_path / "out", *options).stdout
    return screen, json.loads((tmp_path / "out" / "metrics.json").read_text())


@pytest.mark.parametrize("folds", [0, 3])
def test_a_product_is_fitted_on_the_logarithmic_scale(lamina, tmp_path, write_table, prices, folds):
    table = write_table(prices)
    options = ("--effort", "quick", "--epochs", 40, "--folds", folds)
    screen, metrics = fit(lamina, tmp_path, table, "price", *options)
    assert "'price' has a long tail" in screen and "arcsinh" in screen
    assert "The linear model is fitted on the logarithmic scale" in screen
    assert "The network is fitted on the" in screen
    assert metrics["test"]["linear model"]["R squared"] > 0.8  # on the number itself it cannot be: see below
    page = (tmp_path / "out" / "report.html").read_text()
    assert "has a long tail" in page and "The network is fitted on the" in page


def test_predictions_are_in_the_units_of_the_table(lamina, tmp_path, write_table, prices):
    table = write_table(prices)
    _, metrics = fit(lamina, tmp_path, table, "price", "--hidden", "0", "--folds", "3")
    assert metrics["written"] == "linear model" and metrics["test"]["linear model"]["R squared"] > 0.8
    lamina("predict", tmp_path / "out" / "model.keras", table, "-o", tmp_path / "p.csv")
    predicted = pandas.read_csv(tmp_path / "p.csv")["predicted_price"].to_numpy()
    true = np.array(prices["price"])
    assert predicted.min() > -1e-3 and np.corrcoef(np.log1p(np.maximum(predicted, 0)), np.log1p(true))[0, 1] > 0.95
    assert 0.9 < predicted.mean() / true.mean() < 1.1
    design = np.stack([np.ones(300), prices["size"], prices["age"]], axis=1)
    plain = true - design @ np.linalg.lstsq(design, true, rcond=None)[0]
    assert 1 - np.var(plain) / np.var(true) < 0.7
    model = load_table_model(str(tmp_path / "out" / "model.keras"))
    np.testing.assert_allclose(model.predict(str(table)), predicted, rtol=1e-4)


def test_a_sum_is_fitted_as_it_is(lamina, tmp_path, write_table, sums):
    screen, metrics = fit(lamina, tmp_path, write_table(sums), "y", "--hidden", "0")
    assert "The linear model is fitted on the number itself" in screen
    assert metrics["test"]["linear model"]["R squared"] > 0.98
    assert metrics["target"]["log"] is None


def test_a_target_without_a_tail_says_nothing(lamina, tmp_path, write_table, people):
    del people["dear"], people["band"]
    screen, _ = fit(lamina, tmp_path, write_table(people), "cost", "--hidden", "0")
    assert "long tail" not in screen and "logarithmic" not in screen


@pytest.mark.parametrize("written", ["numpy", "onnx"])
def test_what_is_exported_gives_the_same(lamina, tmp_path, write_table, prices, written):
    if written == "onnx":
        pytest.importorskip("onnx")
        pytest.importorskip("onnxruntime")
    fit(lamina, tmp_path, write_table(prices), "price", "--effort", "quick", "--epochs", 5, "--folds", 0)
    assert "Wrote" in lamina("export", tmp_path / "out" / "model.keras", "--format", written, "--check").output
