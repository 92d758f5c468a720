"""The NumPy file, run by itself, gives what `predict` gives."""

import os
import runpy
import subprocess
import sys

import numpy as np
import pytest

import lamina
from lamina import layers, models, ops, tree
from lamina.export import ExportError

pytestmark = pytest.mark.native_only("the file is written from the native engine's program")

# Layers that hash, on the host.
CANNOT = {"Hashing", "HashedCrossing"}


def run(path):
    return runpy.run_path(str(path))["predict"]


def test_every_layer(layer_model, tmp_path):
    model, x = layer_model
    layer = model.layers[-1]
    hashed = getattr(layer, "num_oov_indices", 1) > 1
    if type(layer).__name__ in CANNOT or hashed:
        with pytest.raises(ExportError, match=layer.name):
            model.export(tmp_path / "m", format="numpy")
        return
    model.export(tmp_path / "m", format="numpy", check=False)
    got = tree.flatten(run(tmp_path / "m.py")(*(x if isinstance(x, list) else [x])))
    wanted = tree.flatten(model.predict(x, verbose=0))
    for a, b in zip(got, wanted, strict=True):
        assert a.shape == b.shape and a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)


@pytest.fixture
def small():
    x = layers.Input((4,), name="features")
    return models.Model(x, layers.Dense(3, activation="softmax", name="answer")(x), name="small")


def test_it_runs_where_lamina_is_not(small, tmp_path):
    assert small.export(tmp_path / "small.py", format="numpy") == [
        str(tmp_path / "small.py"),
        str(tmp_path / "small.npz"),
    ]
    x = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    np.save(tmp_path / "x.npy", x)
    blocked = tmp_path / "blocked" / "lamina"
    blocked.mkdir(parents=True)
    (blocked / "__init__.py").write_text("raise RuntimeError('not needed')")
    done = subprocess.run(
        [sys.executable, "small.py", "x.npy", "y.npy"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "blocked")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), small.predict(x, verbose=0), rtol=1e-5, atol=1e-6)


def test_weights_keep_their_paths_and_comments_name_the_layers(small, tmp_path):
    small.export(tmp_path / "small", format="numpy")
    with np.load(tmp_path / "small.npz") as weights:
        assert set(weights) == {w.path for w in small.weights}
        np.testing.assert_array_equal(weights["answer/kernel"], small.layers[-1].get_weights()[0])
    text = (tmp_path / "small.py").read_text()
    assert "# answer: Dense" in text and "import lamina" not in text and "def predict(features):" in text


def test_inputs_that_do_not_fit_are_named(small, tmp_path):
    small.export(tmp_path / "small", format="numpy")
    with pytest.raises(ValueError, match=r"features: expected an array of shape \(None, 4\).*\(2, 5\)"):
        run(tmp_path / "small.py")(np.zeros((2, 5)))


@pytest.mark.parametrize("length", [1, 9])
def test_lengths_stay_open(tmp_path, length):
    x = layers.Input((None,), dtype="int32", name="words")
    h = layers.Embedding(10, 4, mask_zero=True)(x)
    h = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(h)
    h = h + layers.MultiHeadAttention(2, 3)(h, h, use_causal_mask=True)
    model = models.Model(x, layers.GlobalAveragePooling1D()(h))
    model.export(tmp_path / "m", format="numpy")
    data = np.random.default_rng(0).integers(0, 10, (4, length))
    data[:, 0] = 1
    np.testing.assert_allclose(run(tmp_path / "m.py")(data), model.predict(data, verbose=0), rtol=1e-5, atol=1e-5)


def test_a_dict_of_outputs_of_a_subclass(tmp_path):
    class Two(models.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(3)

        def call(self, x):
            return {"score": self.dense(x), "total": ops.sum(x, axis=1)}

    model = Two()
    x = np.ones((2, 4), "float32")
    with pytest.raises(ExportError, match="call it on a batch"):
        model.export(tmp_path / "two", format="numpy")
    model(x)
    model.export(tmp_path / "two", format="numpy")
    got, wanted = run(tmp_path / "two.py")(x), model.predict(x, verbose=0)
    assert list(got) == ["score", "total"]
    for key in got:
        np.testing.assert_allclose(got[key], wanted[key], rtol=1e-6)


def test_loops_and_branches(tmp_path):
    x = layers.Input((4,))

    def twisted(x):
        doubled = ops.cond(ops.sum(x) > 0, lambda: x * 2, lambda: x - 1)
        return ops.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v + doubled), (0, x * 0))[1]

    model = models.Model(x, layers.Lambda(twisted)(x))
    model.export(tmp_path / "m", format="numpy")
    for sign in (1, -1):
        data = sign * np.arange(8, dtype="float32").reshape(2, 4)
        np.testing.assert_allclose(run(tmp_path / "m.py")(data), model.predict(data, verbose=0))


def test_matrices(tmp_path):
    x = layers.Input((3, 3))
    square = ops.matmul(x, ops.transpose(x, (0, 2, 1))) + np.eye(3, dtype="float32")
    outputs = [ops.inv(square), ops.det(square), ops.cholesky(square), ops.solve(square, x)]
    model = models.Model(x, outputs)
    model.export(tmp_path / "m", format="numpy")
    data = np.random.default_rng(0).normal(size=(2, 3, 3)).astype("float32")
    for got, wanted in zip(run(tmp_path / "m.py")(data), model.predict(data, verbose=0), strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-4)


def test_int8_weights_stay_int8(tmp_path):
    model = models.Sequential([layers.Input((8,)), layers.Dense(16, name="first"), layers.Dense(3)], name="sequential")
    model.quantize("int8")
    model.export(tmp_path / "m", format="numpy")
    with np.load(tmp_path / "m.npz") as weights:
        assert weights["sequential/first/kernel"].dtype == "int8"


def test_what_depends_on_the_batch_names_its_layer(tmp_path):
    x = layers.Input((4,))
    y = layers.Lambda(lambda v: v - ops.mean(v, axis=0) * np.sqrt(v.shape[0]), name="of_the_batch")(x)
    with pytest.raises(ExportError, match="of_the_batch"):
        models.Model(x, y).export(tmp_path / "m", format="numpy")
    assert not list(tmp_path.iterdir())


def test_state_and_strange_dtypes_are_refused(tmp_path):
    x = layers.Input((5, 3), batch_size=2)
    with pytest.raises(ExportError, match="stateful"):
        models.Model(x, layers.LSTM(2, stateful=True)(x)).export(tmp_path / "m", format="numpy")
    x = layers.Input((3,))
    with pytest.raises(ExportError, match="bfloat16"):
        models.Model(x, layers.Dense(2, dtype="bfloat16")(x)).export(tmp_path / "m", format="numpy")


def test_formats_options_and_suffixes_are_checked(small, tmp_path):
    with pytest.raises(ValueError, match="format must be one of"):
        small.export(tmp_path / "m", format="pickle")
    with pytest.raises(ValueError, match=r"must end in \.py"):
        small.export(tmp_path / "m.onnx", format="numpy")
    with pytest.raises(ValueError, match="no option 'opset'"):
        small.export(tmp_path / "m", format="numpy", opset=3)
    with pytest.raises(FileNotFoundError, match="does not exist"):
        small.export(tmp_path / "nowhere" / "m", format="numpy")


def test_a_file_that_gives_something_else_is_not_written(small, tmp_path, monkeypatch):
    monkeypatch.setitem(lamina.export._numpy._rules.RULES, "softmax", lambda scope, call, ins: f"{ins[0]} * 2")
    with pytest.raises(ExportError, match="differs from the model"):
        small.export(tmp_path / "m", format="numpy")
    assert not list(tmp_path.iterdir())


def test_names_stay_names(tmp_path):
    strange = 'x"""\nraise SystemExit(3)\n"""'
    x = layers.Input((2,), name=strange)
    model = models.Model(x, layers.Dense(2, name="y\nraise SystemExit(4)")(x), name=strange)
    model.export(tmp_path / "m", format="numpy")
    data = np.ones((1, 2), "float32")
    np.testing.assert_allclose(run(tmp_path / "m.py")(data), model.predict(data, verbose=0), rtol=1e-6)
    model.export(tmp_path / "m", format="c", check=False)
    text = (tmp_path / "m.c").read_text()
    assert not any(line.startswith("raise") for line in text.splitlines())


def test_strings_are_read_by_models_inside(tmp_path):
    word = layers.Input((1,), dtype="string")
    inner = models.Model(word, layers.StringLookup(vocabulary=["a", "b"], output_mode="one_hot")(word))
    again = layers.Input((1,), dtype="string", name="word")
    model = models.Model(again, layers.Dense(2)(inner(again)))
    model.export(tmp_path / "m", format="numpy")
    data = np.array([["b"], ["c"]])
    np.testing.assert_allclose(run(tmp_path / "m.py")(data), model.predict(data, verbose=0), rtol=1e-6)


def test_what_cannot_be_traced_is_an_export_error(tmp_path):
    x = layers.Input((2,))
    y = layers.Lambda(lambda v: v if float(v[0, 0]) > 0 else -v, output_shape=(2,))(x)
    with pytest.raises(ExportError, match="cannot be traced"):
        models.Model(x, y).export(tmp_path / "m", format="numpy")
