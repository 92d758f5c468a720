"""ONNX files, run by onnxruntime on the CPU, give what `predict` gives."""

import sys

import numpy as np
import pytest

from lamina import applications, layers, models, ops
from lamina.export import ExportError

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")
pytestmark = pytest.mark.native_only("the file is written from the native engine's program")

# Layers that hash on the host.
CANNOT = {"Hashing", "HashedCrossing"}


def run(path, *inputs):
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    given = {i.name: a.astype(object) if a.dtype.kind == "U" else a for i, a in zip(session.get_inputs(), inputs)}
    return session.run(None, given)


def compare(model, path, *inputs, tolerance=1e-5, check=False):
    model.export(path, format="onnx", check=check)
    wanted = model.predict(list(inputs) if len(inputs) > 1 else inputs[0], verbose=0)
    wanted = wanted if isinstance(wanted, (list, tuple)) else [wanted]
    got = run(path, *inputs)
    for a, b in zip(got, wanted, strict=True):
        assert a.shape == b.shape and a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
    return got


def test_every_layer(layer_model, tmp_path):
    model, x = layer_model
    layer = model.layers[-1]
    is_of_other_tokens = isinstance(layer, layers.TextVectorization) and (layer.ngrams or layer.split == "character")
    if type(layer).__name__ in CANNOT or getattr(layer, "num_oov_indices", 1) > 1 or is_of_other_tokens:
        with pytest.raises(ExportError, match=layer.name):
            model.export(tmp_path / "m", format="onnx")
        return
    compare(model, tmp_path / "m.onnx", *(x if isinstance(x, list) else [x]))


TEXTS = np.array(
    [["The cat, sat! on"], ["a dog"], [""], ["Don't  STOP\tthe... DOG\u3000now\xa0cat"], ["ÄÖ été"], ["?!,"]]
)


@pytest.mark.parametrize("standardize", ["lower_and_strip_punctuation", "lower", "strip_punctuation", None])
@pytest.mark.parametrize("mode", ["int", "multi_hot", "count", "tf_idf"])
def test_texts_are_split_in_the_file(mode, standardize, tmp_path):
    length = {"output_sequence_length": 4} if mode == "int" else {}
    layer = layers.TextVectorization(output_mode=mode, standardize=standardize, **length)
    layer.adapt(TEXTS.ravel())
    given = layers.Input((1,), dtype="string")
    model = models.Model(given, layer(given))
    for texts in (TEXTS, TEXTS[2:3], TEXTS[[2, 5]], TEXTS[:1]):
        compare(model, tmp_path / "texts.onnx", texts)
    assert onnx.load(tmp_path / "texts.onnx").opset_import[0].version == 20


@pytest.mark.parametrize("how, words", [({"ngrams": 2}, "runs of words"), ({"split": "character"}, "characters")])
def test_other_tokens_are_refused_by_name(how, words, tmp_path):
    layer = layers.TextVectorization(output_sequence_length=4, name="talk", **how)
    layer.adapt(TEXTS.ravel())
    given = layers.Input((1,), dtype="string")
    with pytest.raises(ExportError, match=f"talk.* splits texts into {words}"):
        models.Model(given, layer(given)).export(tmp_path / "m", format="onnx")


@pytest.fixture
def small():
    x = layers.Input((4,), name="features")
    return models.Model(x, layers.Dense(3, activation="softmax", name="answer")(x), name="small")


def test_names_opset_and_open_batch(small, tmp_path):
    assert small.export(tmp_path / "small", format="onnx") == [str(tmp_path / "small.onnx")]
    model = onnx.load(tmp_path / "small.onnx")
    assert [(o.domain, o.version) for o in model.opset_import] == [("", 18), ("ai.onnx.ml", 3)]
    assert model.graph.name == "small" and model.producer_name == "lamina"
    (given,), (result,) = model.graph.input, model.graph.output
    assert (given.name, result.name) == ("features", "answer")
    assert [d.dim_param or d.dim_value for d in given.type.tensor_type.shape.dim] == ["batch", 4]
    weights = {i.name: onnx.numpy_helper.to_array(i) for i in model.graph.initializer}
    np.testing.assert_array_equal(weights["answer/kernel"], small.layers[-1].get_weights()[0])
    for rows in (1, 7):
        x = np.random.default_rng(rows).normal(size=(rows, 4)).astype("float32")
        np.testing.assert_allclose(
            run(tmp_path / "small.onnx", x)[0], small.predict(x, verbose=0), rtol=1e-5, atol=1e-6
        )


def test_keys_of_a_dict_of_outputs(tmp_path):
    x = layers.Input((4,), name="x")
    model = models.Model(x, {"score": layers.Dense(2)(x), "total": ops.sum(x, axis=1)})
    model.export(tmp_path / "m", format="onnx")
    session = runtime.InferenceSession(str(tmp_path / "m.onnx"), providers=["CPUExecutionProvider"])
    assert [o.name for o in session.get_outputs()] == ["score", "total"]
    data = np.arange(8, dtype="float32").reshape(2, 4)
    np.testing.assert_allclose(session.run(["total"], {"x": data})[0], data.sum(1))


@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM", "GRU"])
@pytest.mark.parametrize("how", [{}, {"return_sequences": True}, {"go_backwards": True, "return_sequences": True}])
@pytest.mark.parametrize("masked", [False, True])
def test_sequences_of_any_length(tmp_path, kind, how, masked):
    x = layers.Input((None,), dtype="int32")
    h = layers.Embedding(5, 3, mask_zero=masked)(x)
    model = models.Model(x, getattr(layers, kind)(4, **how)(h))
    rng = np.random.default_rng(0)
    for weight in model.weights:
        weight.assign(rng.normal(size=weight.shape))
    model.export(tmp_path / "m", format="onnx", check=False)
    ops_used = {n.op_type for n in onnx.load(tmp_path / "m.onnx").graph.node}
    assert ("Scan" in ops_used) == masked
    for length in (1, 6):
        data = rng.integers(0, 5, (3, length)).astype("int32")
        np.testing.assert_allclose(
            run(tmp_path / "m.onnx", data)[0], model.predict(data, verbose=0), rtol=1e-5, atol=1e-5
        )


def test_attention_of_open_lengths(tmp_path):
    x, y = layers.Input((None, 6)), layers.Input((None, 6))
    h = layers.MultiHeadAttention(2, 3)(x, y)
    h = layers.LayerNormalization()(h + layers.MultiHeadAttention(2, 3)(h, h, use_causal_mask=True))
    rng = np.random.default_rng(0)
    data = [rng.normal(size=(2, n, 6)).astype("float32") for n in (4, 9)]
    compare(models.Model([x, y], h), tmp_path / "m.onnx", *data)


def test_loops_and_branches(tmp_path):
    x = layers.Input((4,))

    def twisted(x):
        doubled = ops.cond(ops.sum(x) > 0, lambda: x * 2, lambda: x - 1)
        repeated = ops.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v + doubled), (0, x * 0))[1]
        _, powers = ops.scan(lambda c, _: (c * doubled, c + 1), ops.ones_like(x), length=3, reverse=True)
        return repeated + ops.sum(powers, axis=0)

    model = models.Model(x, layers.Lambda(twisted)(x))
    for sign in (1, -1):
        compare(model, tmp_path / "m.onnx", sign * np.arange(8, dtype="float32").reshape(2, 4))


def elementwise(x):
    y = x * 0.7 - 0.2
    one = [ops.exp(x), ops.log(ops.abs(x) + 1), ops.log2(ops.abs(x) + 1), ops.log10(ops.abs(x) + 1), ops.expm1(x)]
    two = [
        ops.log1p(ops.abs(x)),
        ops.exp2(x),
        ops.logaddexp(x, y),
        ops.hypot(x, y),
        ops.arctan2(x, y),
        ops.trunc(x * 3),
    ]
    three = [ops.mod(x, y), ops.floor_divide(x, y), np.copysign(x, y), ops.clip(x, -0.5, 0.5), ops.round(x * 4)]
    four = [ops.cast(ops.isfinite(x / y), "float32"), ops.cast(ops.signbit(x), "float32"), ops.cbrt(x), ops.tanh(x)]
    five = [
        ops.where(x > 0, x, y),
        ops.maximum(x, y),
        ops.power(ops.abs(x), y),
        ops.deg2rad(x),
        ops.erf(x),
        ops.sign(x),
    ]
    logical = [ops.logical_xor(x > 0, y > 0), ops.where(x > 0, y > 0, y < 0.5), ops.not_equal(x, y)]
    return [*one, *two, *three, *four, *five, *(ops.cast(v, "float32") for v in logical)]


def indexing(x):
    order = ops.argsort(x, axis=1)
    picked = ops.take_along_axis(x, order, axis=1)
    best, places = ops.top_k(x, 2)
    grid = ops.scatter_update(ops.zeros((4, 4)), [[0, 1], [2, 3]], [1.0, 2.0])
    flipped = ops.flip(x[:, 1:3], axis=1)
    found = ops.searchsorted(np.array([-1.0, 0.0, 1.0], "float32"), ops.reshape(x, (-1,)))
    return [
        ops.cumsum(picked, axis=1), best, ops.cast(places, "float32"), x @ grid, ops.argmax(x, axis=1), flipped,
        ops.reshape(ops.cast(found, "float32"), ops.shape(x)), ops.prod(x, axis=1), ops.any(x > 1, axis=1),
        ops.all(x > -1, axis=1), ops.einsum("bi,bj->bij", x, x), ops.tril(ops.einsum("bi,bj->bij", x, x)),
    ]  # fmt: skip


@pytest.mark.parametrize("functions", [elementwise, indexing])
def test_operations(tmp_path, functions):
    x = layers.Input((4,))
    outputs = layers.Lambda(functions)(x)
    data = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
    compare(models.Model(x, outputs), tmp_path / "m.onnx", data)


def test_integers_of_few_bits(tmp_path):
    x = layers.Input((4,), dtype="int8")
    y = [ops.bitwise_left_shift(x, np.int8(2)), ops.bitwise_right_shift(x, np.int8(1)), x + x, ops.max(x, axis=1)]
    data = np.array([[1, -7, 30, 3], [0, 5, -128, 127]], "int8")
    compare(models.Model(x, y), tmp_path / "m.onnx", data)


@pytest.mark.parametrize("bits", ["int8", "int4"])
def test_quantised_weights_stay_so(tmp_path, bits):
    model = models.Sequential([layers.Input((8,)), layers.Dense(16, name="first"), layers.Dense(3)])
    model.quantize(bits)
    compare(model, tmp_path / "m.onnx", np.random.default_rng(0).normal(size=(3, 8)).astype("float32"))
    kernels = [i for i in onnx.load(tmp_path / "m.onnx").graph.initializer if i.name.endswith("first/kernel")]
    assert kernels[0].data_type == onnx.TensorProto.INT8


def test_half_precision(tmp_path):
    x = layers.Input((5, 5, 2), dtype="float16")
    h = layers.Conv2D(3, 3, activation="relu", dtype="float16")(x)
    model = models.Model(x, layers.Dense(2, dtype="float16")(layers.Flatten(dtype="float16")(h)))
    data = np.random.default_rng(0).normal(size=(2, 5, 5, 2)).astype("float16")
    got = compare(model, tmp_path / "m.onnx", data, tolerance=2e-2)
    assert got[0].dtype == np.float16


def test_strings_go_in(tmp_path):
    kind, size = layers.Input((1,), dtype="string", name="kind"), layers.Input((1,), name="size")
    known = layers.StringLookup(vocabulary=["cat", "dog"], output_mode="one_hot")(kind)
    model = models.Model([kind, size], layers.Dense(2)(layers.Concatenate()([known, size])))
    compare(model, tmp_path / "m.onnx", np.array([["dog"], ["bird"], ["cat"]]), np.ones((3, 1), "float32"), check=True)


def test_what_onnx_cannot_say_names_the_layer(tmp_path):
    x = layers.Input((1,), dtype="string")
    y = layers.StringLookup(vocabulary=["a"], num_oov_indices=0, name="strict")(x)
    with pytest.raises(ExportError, match="strict"):
        models.Model(x, y).export(tmp_path / "m", format="onnx")
    x = layers.Input((3,))
    y = layers.Dense(2, dtype="bfloat16")(x)
    with pytest.raises(ExportError, match="bfloat16"):
        models.Model(x, y).export(tmp_path / "m", format="onnx")
    y = layers.Lambda(lambda v: ops.cumprod(v, axis=1), name="running")(x)
    with pytest.raises(ExportError, match="running.*cumprod"):
        models.Model(x, y).export(tmp_path / "m", format="onnx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["MobileNetV2", "MobileNetV3Small"])
def test_small_applications(tmp_path, name):
    model = getattr(applications, name)(weights=None, input_shape=(32, 32, 3), classes=5)
    compare(model, tmp_path / "m.onnx", np.random.default_rng(0).random((2, 32, 32, 3)).astype("float32"))


def test_without_onnx_the_extra_is_named(small, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises((ImportError, ValueError), match=r"lamina\[onnx\]|onnx"):
        small.export(tmp_path / "m", format="onnx")
