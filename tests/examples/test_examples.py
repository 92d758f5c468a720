"""Every example runs, keeps what it promises, and draws its picture."""

import importlib
import pathlib
import struct

import numpy as np
import pytest

pytest.importorskip("matplotlib")

EXAMPLES = pathlib.Path(__file__).parents[2] / "examples"
SCRIPTS = sorted(p.stem for p in EXAMPLES.glob("[0-9]*.py"))


@pytest.fixture
def run(monkeypatch, tmp_path):
    """run(name, *arguments): what main() of the example returns, on a short run."""
    monkeypatch.syspath_prepend(str(EXAMPLES))

    def run(name, *arguments):
        module = importlib.import_module(name)
        return module.main(["--quick", "--out", str(tmp_path), *arguments])

    return run


def png_size(path):
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n", f"{path} is not a PNG"
    return struct.unpack(">II", head[16:24])


def is_drawn(path):
    """The picture is of a sensible size, and not one colour."""
    import matplotlib.image

    width, height = png_size(path)
    pixels = matplotlib.image.imread(path)[..., :3]
    return 500 <= width <= 2000 and 350 <= height <= 1200 and len(np.unique(pixels.reshape(-1, 3), axis=0)) > 20


@pytest.mark.parametrize("name", SCRIPTS)
def test_says_what_it_is(name):
    doc = (EXAMPLES / f"{name}.py").read_text().split('"""')[1]
    for word in ("Learned:", "Data:", "Time:", "Expected:"):
        assert word in doc


def test_neuron(run):
    got = run("01_neuron")
    assert got["by_hand"] == 102.5
    assert got["by_layer"] == pytest.approx(102.5)
    assert got["r2"] > 0.6
    assert got["mae"] < 0.6 * got["mae_of_mean"]
    assert got["w"] == pytest.approx(2.5, abs=0.6)  # the rule's own weight
    assert is_drawn(got["picture"])


def test_neuron_reads_a_table_and_leaves_out_missing_values(run, tmp_path):
    table = tmp_path / "cereals.csv"
    rows = [f"{90 + 2 * s + f + p},{s},{f},{p}" for s in range(5) for f in range(3) for p in range(3)]
    table.write_text("\n".join(["calories,sugars,fiber,protein", *rows, "5000,-1,2,3", "5000,3,-1,3"]))
    got = run("01_neuron", "--data", str(table))
    assert got["r2"] > 0.99  # the rows with -1 would spoil it
    assert got["w"] == pytest.approx(2, abs=0.05)


def test_gates(run, capsys):
    got = run("02_gates")
    for gate, targets in (("AND", (0, 0, 0, 1)), ("NAND", (1, 1, 1, 0)), ("OR", (0, 1, 1, 1))):
        assert got[gate]["learned"] and got[gate]["answers"] == targets
    xor = (0, 1, 1, 0)
    assert not got["XOR"]["learned"]
    history, cycle = got["XOR"]["history"], got["XOR"]["cycle"]
    assert history[-1] == history[-1 - cycle]
    assert "in a circle" in capsys.readouterr().out
    assert sum(a == t for a, t in zip(got["XOR"]["answers"], xor)) <= 3
    assert got["XOR by hand"]["answers"] == xor
    assert got["XOR trained"]["answers"] == xor
    assert is_drawn(got["picture"])


def test_activations(run):
    got = run("03_activations")
    x, curves, slopes = got["x"], got["curves"], got["slopes"]
    np.testing.assert_array_equal(curves["step"], x > 0)
    np.testing.assert_allclose(curves["sigmoid"], 1 / (1 + np.exp(-x)), atol=1e-6)
    np.testing.assert_array_equal(curves["relu"], np.maximum(x, 0))
    np.testing.assert_allclose(slopes["sigmoid"], curves["sigmoid"] * (1 - curves["sigmoid"]), atol=1e-6)
    np.testing.assert_array_equal(slopes["relu"], x > 0)
    assert not slopes["step"].any()
    assert np.isnan(got["naive"]).all()
    np.testing.assert_allclose(got["large"], np.exp([0, 1, 2]) / np.exp([0, 1, 2]).sum(), rtol=1e-6)
    np.testing.assert_allclose(got["large"], got["small"], rtol=1e-6)
    assert is_drawn(got["picture"])


def test_linear_stack(run):
    got = run("04_linear_stack")
    assert got["difference"] < 1e-5
    assert got["with_relu"] > 1
    assert is_drawn(got["picture"])


def test_sigmoid_and_softmax(run):
    got = run("05_sigmoid_softmax")
    assert got["identity"] < 1e-6
    assert got["trained"] < 1e-5
    assert got["accuracy"] > 0.85
    assert is_drawn(got["picture"])


def test_backpropagation(run, capsys):
    got = run("06_backpropagation")
    assert got["worst"]["tape"] < 1e-12
    assert got["worst"]["differences"] < 1e-8
    assert got["after"] < got["loss"]
    printed = capsys.readouterr().out
    for step in ("z1", "h  ", "y  ", "loss", "dL/dy", "dL/dW2", "dL/db2", "dL/dh", "dL/dz1", "dL/dW1", "dL/db1"):
        assert f"\n  {step}" in printed
    assert is_drawn(got["picture"])


def test_mnist(run):
    got = run("07_mnist")
    assert got["accuracy"] > 0.85
    assert got["history"]["loss"][-1] < 0.5 * got["history"]["loss"][0]
    assert is_drawn(got["picture"])


def test_mnist_reads_a_file(run, tmp_path):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 300).astype("uint8")
    images = np.zeros((300, 28, 28), "uint8")
    images[np.arange(300), labels * 2] = 255  # the label is the row that is black
    path = tmp_path / "mnist.npz"
    np.savez(path, x_train=images[:200], y_train=labels[:200], x_test=images[200:], y_test=labels[200:])
    assert run("07_mnist", "--data", str(path))["accuracy"] > 0.99


def test_regression(run):
    got = run("08_regression")
    assert 0.15 < got["line"] < 0.3
    assert 0.008 < got["shallow_net"] < 0.03
    assert is_drawn(got["picture"])


def write_digits(path, count=300):
    """A file like mnist.npz whose labels are easy: the row that is black."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, count).astype("uint8")
    images = np.zeros((count, 28, 28), "uint8")
    images[np.arange(count), labels * 2 + 4] = 255
    cut = count * 2 // 3
    np.savez(path, x_train=images[:cut], y_train=labels[:cut], x_test=images[cut:], y_test=labels[cut:])
    return str(path)


def test_convnet(run):
    got = run("09_convnet")
    assert got["accuracy"] > 0.95
    assert is_drawn(got["picture"])


def test_convnet_reads_a_file(run, tmp_path):
    assert run("09_convnet", "--data", write_digits(tmp_path / "mnist.npz"))["accuracy"] > 0.95


def test_inception(run):
    got = run("10_inception")
    # 1x1: 16; 16 then 3x3 to 32; 8 then 5x5 to 16; 16 after the pool; each with its biases, on 32 channels
    assert got["block"] == (32 + 1) * (16 + 16 + 8 + 16) + (9 * 16 + 1) * 32 + (25 * 8 + 1) * 16
    assert got["single"] == (25 * 32 + 1) * 80
    assert got["accuracy"] > 0.85
    assert is_drawn(got["picture"])


def test_two_branches(run):
    got = run("11_two_branches")
    assert got["total"] > 0.8  # 0.1 by always saying 9
    assert got["larger"] > 0.9
    assert is_drawn(got["picture"])


def test_lstm(run):
    got = run("12_lstm")
    errors = got["errors"]
    assert errors["LSTM"] < 0.9 * min(errors["as a moment ago"], errors["as a season ago"])
    assert is_drawn(got["picture"])


def test_lstm_reads_a_column(run, tmp_path):
    table = tmp_path / "series.csv"
    rows = [f"{i},{3 * np.sin(2 * np.pi * i / 12) + 10}" for i in range(600)]
    table.write_text("\n".join(["step,value", *rows]))
    errors = run("12_lstm", "--data", str(table), "--column", "value", "--season", "12")["errors"]
    assert errors["as a season ago"] < 1e-5 < errors["LSTM"] < 0.3 * errors["as a moment ago"]


def test_ctc(run):
    got = run("13_ctc")
    assert got["wrong"] < 0.15
    assert got["whole"] > 0.5
    assert is_drawn(got["picture"])


def test_edit_distance(monkeypatch):
    monkeypatch.syspath_prepend(str(EXAMPLES))
    distance = importlib.import_module("13_ctc").edit_distance
    cases = (([], [], 0), ([1], [], 1), ([1, 2, 3], [1, 3], 1), ([1, 2], [2, 1], 2), ([5, 6, 7], [5, 8, 7, 9], 2))
    for a, b, expected in cases:
        assert distance(a, b) == distance(b, a) == expected


def test_transformer(run):
    got = run("14_transformer")
    assert got["transformer"] > 0.95
    assert got["bag of words"] < 0.85
    assert is_drawn(got["picture"])


def test_transformer_reads_a_file(run, tmp_path):
    table = tmp_path / "texts.tsv"
    lines = [f"{label}\tthe {label} thing number {i}" for i in range(100) for label in ("bad", "good")]
    table.write_text("\n".join(lines))
    got = run("14_transformer", "--data", str(table))
    assert got["transformer"] > 0.9
