"""The benchmarks run: every workload trains, the scripts print and write what they promise."""

import importlib
import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

import lamina

BENCHMARKS = pathlib.Path(__file__).parents[2] / "benchmarks"
SMALL = ("tiny", "cnn", "lstm", "bn_mlp", "resnet", "transformer", "autoencoder", "textconv", "bigru", "two_in_two_out")
ALONE = ("masked_gru", "cells", "convlstm", "separable", "noise", "unet", "causal")  # without a twin in plain PyTorch


@pytest.fixture
def load(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module


def script(name, *arguments):
    """What a script prints, run in a process of its own."""
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / name), *map(str, arguments)], capture_output=True, text=True, env=os.environ
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_workload_is_known(load):
    assert set(load("workloads").WORKLOADS) == {*SMALL, *ALONE, "mlp32", "mlp512"}


@pytest.mark.parametrize("name", (*SMALL, *ALONE))
def test_workload_trains(load, name):
    model, x, y, how = load("workloads").WORKLOADS[name](lamina, np, np.random.default_rng(0))
    model.compile(optimizer=how["optimizer"], loss=how["loss"])
    x, y = ([a[:4] for a in part] if isinstance(part, list) else part[:4] for part in (x, y))
    assert np.isfinite(model.train_on_batch(x, y)).all()
    assert how["batch_size"] > 0 and how["epochs"] > 0


@pytest.mark.parametrize("name", SMALL)
def test_the_same_network_in_plain_torch(load, name):
    torch = pytest.importorskip("torch")
    plain, workloads = load("plain_torch"), load("workloads")
    _, x, y, how = workloads.WORKLOADS[name](plain.Absent(), np, np.random.default_rng(0))
    net = plain.modules(torch)[name]()
    model = workloads.WORKLOADS[name](lamina, np, np.random.default_rng(0))[0]
    ours = sum(v.size for v in model.trainable_variables)
    # PyTorch's LSTM has two biases for each gate.
    assert sum(p.numel() for p in net.parameters()) == ours + (4 * 64 if name == "lstm" else 0)
    x, y = ([a[:8] for a in plain.as_tuple(part)] for part in (x, y))
    trainer = plain.Trainer(torch, net, x, y, how)
    assert np.isfinite(trainer.epoch())
    expected = model.predict(x if len(x) > 1 else x[0], verbose=0)
    expected = expected if isinstance(expected, list) else [expected]
    assert [p.shape for p in trainer.predict()] == [e.shape for e in expected]


def test_compare(tmp_path):
    out = script(
        "compare.py", "--lamina", sys.executable, "--workloads", "tiny", "--rounds", 1, "--json", tmp_path / "t.json"
    )
    (found,) = json.loads((tmp_path / "t.json").read_text())["tiny"]["lamina-native"]
    assert found["step_ms"] > 0 and found["predict_ms"] > 0
    assert "lamina-native" in out


def test_floor(tmp_path):
    script("floor.py", "--workloads", "tiny", "--json", tmp_path / "floor.json")
    (row,) = json.loads((tmp_path / "floor.json").read_text())
    # forward, both gradients of the last two layers, the kernel's of the first; batches of 16
    assert row["mflop"] * 1e6 >= 2 * 16 * (2 * 3 * 4 + 3 * 4 * 3 + 3 * 3 * 1)
    assert 0 < row["fraction"] < 1


def test_compile_time(tmp_path):
    out = script("compile_time.py", "--workloads", "tiny", "--rounds", 1, "--json", tmp_path / "c.json")
    found = json.loads((tmp_path / "c.json").read_text())["tiny"]
    assert 0 < found["compile_s"] < 5 and found["build_s"] > 0
    assert "tiny" in out


def test_scaling_draws(tmp_path):
    pytest.importorskip("matplotlib")
    script("scaling.py", "--only", "depth,width", "--most", 32, "--rounds", 1, "--out", tmp_path)
    found = json.loads((tmp_path / "scaling.json").read_text())
    assert set(found) == {"depth", "width"}
    assert all(p["step_ms"] > 0 for series in found.values() for points in series.values() for p in points)
    assert (tmp_path / "scaling.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert "<svg" in (tmp_path / "scaling.svg").read_text()


def test_mnist_of_a_file(tmp_path):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 500).astype("uint8")
    images = np.zeros((500, 28, 28), "uint8")
    images[np.arange(500), labels * 2 + 4] = 255  # the label is the row that is black
    path = tmp_path / "mnist.npz"
    np.savez(path, x_train=images[:400], y_train=labels[:400], x_test=images[400:], y_test=labels[400:])
    found = json.loads(script("mnist.py", "--data", path, "--epochs", 8).splitlines()[-1])
    assert found["accuracy"] > 0.9 and found["epoch_s"] > 0


def test_memory(tmp_path):
    script("memory.py", "--workloads", "tiny", "--json", tmp_path / "m.json")
    found = json.loads((tmp_path / "m.json").read_text())["tiny"]["lamina"]
    assert found["batch"] == 16 * (3 + 1) * 4
    assert found["state"] >= 3 * 35 * 4  # weights and two slots for each
    assert 0 < found["step"] < 1e6


def test_memory_of_torch(load):
    pytest.importorskip("torch")
    found = load("memory").torch_step("tiny")
    assert found["batch"] == 16 * (3 + 1) * 4
    assert found["state"] >= 3 * 35 * 4
    assert found["step"] >= 16 * (4 + 3 + 1) * 4  # what the gradient needs


@pytest.mark.parametrize("network", ["resnet50", "gpt2"])
def test_large_networks_run_when_made_small(network):
    row = json.loads(script("gpu.py", network, "--small"))
    assert row["network"] == network and row["samples_s"] > 0 and np.isfinite(row["loss"])


@pytest.mark.native_only("files are written from the native engine's program")
def test_exported_predicts_with_each(load):
    table = script("exported.py", "tiny", "two_in_two_out", "--seconds", 0.01, "--batch", 4).splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table[2:]]
    assert [row[:2] for row in rows] == [["tiny", "1"], ["tiny", "4"], ["two_in_two_out", "1"], ["two_in_two_out", "4"]]
    assert all(float(row[2]) > 0 and float(row[3]) > 0 for row in rows)


def test_input_pipeline(tmp_path):
    pytest.importorskip("PIL")
    script("input_pipeline.py", "--images", 64, "--size", 16, "--rounds", 1, "--json", tmp_path / "i.json")
    (found,) = json.loads((tmp_path / "i.json").read_text())["lamina"]
    assert set(found) == {"decoded", "augmented", "step", "trained"} and min(found.values()) > 0


def test_serving(tmp_path):
    for module in ("starlette", "uvicorn", "prometheus_client"):
        pytest.importorskip(module)
    script("serving.py", "--requests", 20, "--clients", "1,4", "--json", tmp_path / "s.json")
    found = json.loads((tmp_path / "s.json").read_text())
    assert set(found) == {"one by one", "together"}
    assert all(row["lost"] == 0 and row["rate"] > 0 for rows in found.values() for row in rows.values())


def test_playground(chromium, tmp_path):
    for module in ("starlette", "uvicorn"):
        pytest.importorskip(module)
    script("playground.py", "--seconds", 0.5, "--link", "data=xor&layers=4", "--json", tmp_path / "p.json")
    found = json.loads((tmp_path / "p.json").read_text())
    assert all(value > 0 for value in found.values()) and found["median_ms"] <= found["p95_ms"]


def test_tables(tmp_path):
    for module in ("sklearn", "pandas"):
        pytest.importorskip(module)
    options = ("--part", "final", "--seeds", "0", "--tables", "wine", "--methods", "constant,linear,lamina quick")
    shown = script("tables.py", *options, "--out", tmp_path / "t.json")
    found = json.loads((tmp_path / "t.json").read_text())
    assert found["constant"]["wine/0"]["score"] == 1.0
    assert found["lamina quick"]["wine/0"]["score"] < 0.5 and "lamina at least as good" in shown


def test_the_cost_of_scaling_follows_its_formulas(load):
    cost = load("scaling_cost")
    ideal = cost.Machine(latency=0.0, jitter=0.0, overlap=0.0)
    model = cost.Model("one", weights=1e9, positions=1.0, samples=1)
    assert cost.efficiency(1, model, ideal) == 1.0
    assert cost.step_s(1, model, ideal) == pytest.approx(6e9 / (400e12 * 0.4))
    # A ring of two moves as many bytes as the gradient has, one of very many twice as many.
    assert cost.ring_s(2, 2e9, 1e9, 0.0) == pytest.approx(2.0) and cost.ring_s(4096, 2e9, 1e9, 0.0) == pytest.approx(
        4.0, rel=1e-3
    )
    # Between hosts each of the eight devices of one moves an eighth.
    both = cost.all_reduce_s(16, 2e9, ideal)
    assert both == pytest.approx(2 * 7 / 8 * 2e9 / 300e9 + 2 * 1 / 2 * 0.25e9 / 50e9)
    falls = [cost.efficiency(n, model, cost.Machine()) for n in cost.COUNTS]
    assert falls == sorted(falls, reverse=True) and len(falls) == 13
    assert cost.virtual_step_s(1.0, 1.5)(4) == 2.5
    assert script("scaling_cost.py", "--sharded").count("%") == 3 * 13
