"""Rare classes among more than two: weights in the choice of the class, told, written and exported."""

import importlib.util
import json

import numpy as np
import pytest

pandas = pytest.importorskip("pandas")
pytest.importorskip("matplotlib")


@pytest.fixture
def rare(write_table):
    """Three classes; the rare one is seldom the likeliest, but more likely where `x` is large."""
    rng = np.random.default_rng(7)
    x, z = rng.normal(0, 1, (2, 1500)).round(3)
    third = 0.42 / (1 + np.exp(-4 * (x - 1.2)))
    first = (1 - third) / (1 + np.exp(-2 * z))
    draw = rng.random(1500)
    kind = np.where(draw < third, "rare", np.where(draw < third + first, "up", "down"))
    return write_table({"x": x.tolist(), "z": z.tolist(), "kind": kind.tolist()})


@pytest.mark.parametrize("options", [("--folds", 3), ("--test-size", 0.3, "--val-size", 0.4)])
def test_told_used_and_written(lamina, tmp_path, rare, options):
    out = tmp_path / "out"
    screen = lamina("fit", rare, "--target", "kind", "--hidden", "0", "--out", out, *options).stdout
    metrics = json.loads((out / "metrics.json").read_text())
    weights = metrics["target"]["weights"]
    assert metrics["target"]["rare_classes"] == ["rare"] and weights[1] == max(weights) > 1
    assert "Predicted is the class whose probability times its weight is largest" in " ".join(screen.split())
    assert metrics["decision"] in (out / "report.html").read_text().replace("&#x27;", "'").replace("&#39;", "'")
    confusion = np.array(metrics["confusion"])
    assert confusion[:, 1].sum() > 0 and metrics["test"]["logistic model"]["mean F1 of the classes"] > 0.5
    lamina("predict", out / "model.keras", rare, "-o", tmp_path / "p.csv")
    frame = pandas.read_csv(tmp_path / "p.csv")
    shares = frame[["probability_down", "probability_rare", "probability_up"]].to_numpy()
    assert shares.argmax(axis=1).tolist().count(1) < (frame["predicted_kind"] == "rare").sum()
    named = np.array(["down", "rare", "up"])[(shares * weights).argmax(axis=1)]
    assert np.mean(named == frame["predicted_kind"]) > 0.999


def test_the_exported_file_decides_alike(lamina, tmp_path, rare):
    lamina("fit", rare, "--target", "kind", "--hidden", "0", "--folds", 3, "--out", tmp_path / "out")
    lamina("predict", tmp_path / "out" / "model.keras", rare, "-o", tmp_path / "p.csv")
    lamina("export", tmp_path / "out" / "model.keras", "--format", "numpy", "--out", tmp_path / "m.py")
    spec = importlib.util.spec_from_file_location("exported", tmp_path / "m.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    columns = {name: list(map(str, values)) for name, values in pandas.read_csv(rare)[["x", "z"]].items()}
    wanted = pandas.read_csv(tmp_path / "p.csv")["predicted_kind"]
    assert np.mean(np.array(module.predict_table(columns)["predicted_kind"]) == wanted) > 0.999
