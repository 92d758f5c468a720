"""`lamina export`: what a model file becomes, run by itself."""

import csv
import runpy
import subprocess
import sys

import numpy as np
import pytest

import lamina as package
from lamina import layers, models

pytestmark = pytest.mark.native_only("files are written from the native engine's program")


@pytest.fixture
def net(tmp_path):
    model = models.Sequential([layers.Input((4,), name="x"), layers.Dense(3, activation="relu"), layers.Dense(2)])
    model.save(tmp_path / "net.keras")
    return tmp_path / "net.keras"


def test_it_writes_beside_the_model_and_says_so(lamina, net, tmp_path):
    result = lamina("export", net, "--format", "numpy")
    assert f"Wrote {tmp_path / 'net.py'}, {tmp_path / 'net.npz'}." in result.output
    assert "largest difference" in result.output
    x = np.ones((2, 4), "float32")
    np.save(tmp_path / "x.npy", x)
    subprocess.run([sys.executable, tmp_path / "net.py", tmp_path / "x.npy", tmp_path / "y.npy"], check=True)
    wanted = models.load_model(net).predict(x, verbose=0)
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), wanted, rtol=1e-5, atol=1e-6)


def test_mistakes_are_told_in_one_line(lamina, net, tmp_path):
    lamina("export", net, "--format", "c", "--no-check", "--out", tmp_path / "a.c")
    assert "exists already" in lamina.fails("export", net, "--format", "c", "--out", tmp_path / "a.c")
    lamina("export", net, "--format", "c", "--no-check", "--out", tmp_path / "a.c", "--force")
    assert "must end in .c" in lamina.fails("export", net, "--format", "c", "--out", tmp_path / "a.py")
    assert "no such file" in lamina.fails("export", tmp_path / "nothing.keras", "--format", "c")
    assert "is not one of" in lamina("export", net, "--format", "pickle", code=2).output


@pytest.fixture(scope="module")
def rows():
    """Numbers with gaps, a category, an order, dates, and a text; the targets follow from them."""
    rng, n = np.random.default_rng(0), 90
    age = rng.integers(20, 70, n)
    return {
        "age (years)": age.tolist(),
        "income": ["" if i % 7 == 0 else f"{v:.1f}" for i, v in enumerate(rng.normal(3000, 500, n))],
        "city": rng.choice(["Rom", "Paris", "Oslo", ""], n).tolist(),
        "size": rng.choice(["low", "mid", "high"], n).tolist(),
        "day": [f"{d:02d}.{m:02d}.2024" for d, m in zip(rng.integers(1, 28, n), rng.integers(1, 12, n))],
        "note": [" ".join(rng.choice(["red", "Blue,", "big", "small!", "old"], 4)) for _ in range(n)],
        "cost": (2.0 * age + rng.normal(0, 1, n)).tolist(),
        "kind": ["large" if a > 45 else "small" for a in age],
    }  # fmt: skip


def fitted(rows, target, path, drop=()):
    other = {"cost": "kind", "kind": "cost"}[target]
    model = package.fit_table(
        rows, target=target, drop=[other, *drop], ordinal={"size": ["low", "mid", "high"]}, folds=2, hidden=(8,),
        effort="quick", epochs=3, verbose=False,
    )  # fmt: skip
    model.save(str(path))
    return model


@pytest.mark.parametrize("target", ["cost", "kind"])
def test_a_model_for_tables_reads_tables(lamina, rows, target, tmp_path):
    model = fitted(rows, target, tmp_path / "m.keras")
    lamina("export", tmp_path / "m.keras", "--format", "numpy")
    with open(tmp_path / "t.csv", "w", newline="") as file:
        csv.writer(file).writerows([list(rows), *zip(*rows.values())])
    run = [sys.executable, tmp_path / "m.py", tmp_path / "t.csv", tmp_path / "p.csv"]
    subprocess.run(run, check=True)
    with open(tmp_path / "p.csv", newline="") as file:
        found = list(csv.DictReader(file))
    predicted = [row[f"predicted_{target}"] for row in found]
    if target == "kind":
        assert predicted == model.predict(rows).tolist()
        shares = [[float(row[f"probability_{c}"]) for c in model.target.classes] for row in found]
        np.testing.assert_allclose(shares, model.predict_proba(rows), atol=1e-5)
    else:
        np.testing.assert_allclose(np.array(predicted, float), model.predict(rows), rtol=1e-5)
    with open(tmp_path / "bad.csv", "w", newline="") as file:
        csv.writer(file).writerows([list(rows), *zip(*{**rows, "size": ["huge"] * 90}.values())])
    bad = subprocess.run([*run[:2], tmp_path / "bad.csv", tmp_path / "q.csv"], capture_output=True, text=True)
    assert bad.returncode and "'huge', which is none of its levels low, mid, high" in bad.stderr


def test_the_threshold_of_a_rare_class_is_kept(rows, tmp_path):
    model = fitted(rows, "kind", tmp_path / "m.keras")
    model.target.threshold = float(np.median(model.predict_proba(rows)[:, 1]))
    model.export(tmp_path / "m", format="numpy")
    found = runpy.run_path(str(tmp_path / "m.py"))["predict_table"](rows)["predicted_kind"]
    assert found == model.predict(rows).tolist() and len(set(found)) == 2


def test_a_model_for_tables_as_onnx_takes_strings(lamina, rows, tmp_path):
    onnx, runtime = pytest.importorskip("onnx"), pytest.importorskip("onnxruntime")
    model = fitted(rows, "kind", tmp_path / "m.keras", drop=["note"])
    lamina("export", tmp_path / "m.keras", "--format", "onnx", "--check")
    props = {p.key: p.value for p in onnx.load(tmp_path / "m.onnx").metadata_props}
    assert props["lamina_classes"] == '["large", "small"]' and '"age (years)"' in props["lamina_columns"]
    session = runtime.InferenceSession(str(tmp_path / "m.onnx"), providers=["CPUExecutionProvider"])
    age = np.array(rows["age (years)"], "float32")
    income = np.array([float(v or "nan") for v in rows["income"]], "float32")
    days = np.array([np.datetime64(f"{d[6:]}-{d[3:5]}-{d[:2]}").astype(int) for d in rows["day"]], "float32")
    given = {"age_years": age, "income": income, "day": days}
    given |= {name: np.array(rows[name], object) for name in ("city", "size")}
    (share,) = session.run(None, {name: values[:, None] for name, values in given.items()})
    np.testing.assert_allclose(share[:, 0], model.predict_proba(rows)[:, 1], atol=1e-5)


def test_text_columns_go_into_onnx(lamina, rows, tmp_path):
    runtime = pytest.importorskip("onnxruntime")
    model = fitted(rows, "cost", tmp_path / "m.keras", drop=["day", "income", "age (years)"])
    lamina("export", tmp_path / "m.keras", "--format", "onnx", "--check")
    session = runtime.InferenceSession(str(tmp_path / "m.onnx"), providers=["CPUExecutionProvider"])
    given = {i.name: np.array(rows[i.name], object)[:, None] for i in session.get_inputs()}
    assert "note" in given
    (cost,) = session.run(None, given)
    np.testing.assert_allclose(cost[:, 0], model.predict(rows), rtol=1e-4)
