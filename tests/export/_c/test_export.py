"""C files, compiled by the system's compiler, give what `predict` gives for one sample."""

import os
import shutil
import subprocess

import numpy as np
import pytest

from lamina import layers, models, ops
from lamina.export import ExportError

COMPILER = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
pytestmark = [
    pytest.mark.native_only("the file is written from the native engine's program"),
    pytest.mark.skipif(COMPILER is None, reason="there is no C compiler"),
]

# One of each family, by its place in the layers' table of cases; each is compiled.
CHOSEN = {
    "Dense-0", "EinsumDense-4", "Embedding-7", "PReLU-17", "ELU-18", "Softmax-20", "Conv1D-35", "Conv2D-36", "Conv2D-38",
    "Conv2DTranspose-41", "DepthwiseConv2D-45", "MaxPooling1D-48", "AveragePooling2D-52", "UpSampling2D-68",
    "SimpleRNN-76", "LSTM-78", "LSTM-80", "GRU-83", "GRU-85", "Dot-95", "MultiHeadAttention-103", "BatchNormalization-107",
    "LayerNormalization-109", "Resizing-122", "CenterCrop-125", "STFTSpectrogram-155", "ConvLSTM2D-158", "IntegerLookup-176",
}  # fmt: skip


def run(path, tmp_path, *inputs, dtype="float32"):
    command = [COMPILER, "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-DLAMINA_MAIN", path]
    done = subprocess.run([*command, "-o", tmp_path / "run", "-lm"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    given = b"".join(np.ascontiguousarray(x).tobytes() for x in inputs)
    raw = subprocess.run([tmp_path / "run"], input=given, capture_output=True, check=True).stdout
    return np.frombuffer(raw, dtype)


def compare(model, tmp_path, *inputs):
    model.export(tmp_path / "m.c", format="c", check=False)
    rows = [x[:1] for x in inputs]
    wanted = np.asarray(model(rows if len(rows) > 1 else rows[0], training=False))
    got = run(tmp_path / "m.c", tmp_path, *rows, dtype=wanted.dtype)
    np.testing.assert_allclose(got.reshape(wanted.shape), wanted, rtol=1e-5, atol=1e-5)


def test_layers(layer_model, tmp_path, request):
    if request.node.callspec.id not in CHOSEN:
        model, _ = layer_model  # the others are checked as far as to the text
        try:
            model.export(tmp_path / "m", format="c", check=False)
        except ExportError as error:
            assert model.layers[-1].name in str(error) or model.input_names[0] in str(error)
        return
    model, x = layer_model
    compare(model, tmp_path, *(x if isinstance(x, list) else [x]))


def test_every_chosen_layer_is_a_case(request):
    found = {item.callspec.id for item in request.session.items if getattr(item, "originalname", "") == "test_layers"}
    assert not found or CHOSEN <= found or len(found) < 100


@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM", "GRU"])
def test_masked_sequences(tmp_path, kind):
    x = layers.Input((6,), dtype="int32")
    h = layers.Embedding(5, 3, mask_zero=True)(x)
    h = getattr(layers, kind)(4, return_sequences=True, go_backwards=True)(h)
    compare(models.Model(x, h), tmp_path, np.array([[3, 0, 1, 2, 0, 0]], "int32"))


def test_a_small_network_and_what_its_file_says(tmp_path):
    x = layers.Input((8, 8, 1), name="image")
    h = layers.MaxPooling2D()(layers.Conv2D(3, 3, padding="same", activation="relu")(x))
    h = layers.BatchNormalization()(layers.SeparableConv2D(4, 3, strides=2)(h))
    y = layers.Dense(3, activation="softmax", name="kind")(layers.Flatten()(h))
    model = models.Model(x, y, name="tiny net")
    compare(model, tmp_path, np.random.default_rng(0).normal(size=(1, 8, 8, 1)).astype("float32"))
    text = (tmp_path / "m.c").read_text()
    assert "void tiny_net_predict(const float in_image[64], float out_kind[3]);" in text
    assert "malloc" not in text and "static float memory_float[" in text and "/* kind: Dense */" in text


def test_memory_is_used_again(tmp_path):
    x = y = layers.Input((100,))
    for _ in range(20):
        y = ops.tanh(y) * 2
    models.Model(x, y).export(tmp_path / "m", format="c", check=False)
    assert "memory_float[200]" in (tmp_path / "m.c").read_text()


def test_several_inputs_outputs_and_integers(tmp_path):
    x, y = layers.Input((3,), name="x"), layers.Input((3,), dtype="int8", name="y")
    model = models.Model(
        [x, y], layers.Lambda(lambda v: [ops.mod(v[0], 2) + ops.erf(v[0]), v[1] // 3 + v[1] % 3])([x, y])
    )
    rows = np.array([[-1.5, 0.5, 3]], "float32"), np.array([[-7, 5, 100]], "int8")
    model.export(tmp_path / "m", format="c", check=True)
    raw = run(tmp_path / "m.c", tmp_path, *rows, dtype="uint8").tobytes()
    first, second = (np.asarray(v) for v in model(list(rows), training=False))
    np.testing.assert_allclose(np.frombuffer(raw[:12], "float32"), first[0], rtol=1e-5)
    np.testing.assert_array_equal(np.frombuffer(raw[12:], second.dtype), second[0])


def test_int8_weights_stay_int8(tmp_path):
    model = models.Sequential([layers.Input((8,)), layers.Dense(16), layers.Dense(3)])
    model.quantize("int8")
    compare(model, tmp_path, np.random.default_rng(0).normal(size=(1, 8)).astype("float32"))
    assert "static const int8_t w_" in (tmp_path / "m.c").read_text()


def test_open_lengths_and_strings_are_refused(tmp_path):
    x = layers.Input((None, 3))
    model = models.Model(x, layers.LSTM(2)(x))
    with pytest.raises(ExportError, match="open sizes"):
        model.export(tmp_path / "m", format="c")
    model.export(tmp_path / "m", format="c", input_signature=[layers.InputSpec(shape=(None, 4, 3), dtype="float32")])
    assert (tmp_path / "m.c").exists()
    x = layers.Input((1,), dtype="string", name="word")
    with pytest.raises(ExportError, match="word"):
        models.Model(x, layers.StringLookup(vocabulary=["a"])(x)).export(tmp_path / "n", format="c")
    x = layers.Input((3,))
    with pytest.raises(ExportError, match="float16"):
        models.Model(x, layers.Dense(2, dtype="float16")(x)).export(tmp_path / "n", format="c")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.c"]
