"""Constants that grow with the batch, and the layers that no one program can do for all sizes."""

import numpy as np
import pytest

from lamina import layers, models, ops
from lamina.export import ExportError
from lamina.export._exported import exported_model

pytestmark = pytest.mark.native_only("programs are the native engine's")

FORMS = {
    "full": lambda x: ops.zeros((x.shape[0], 3)) + x,
    "range": lambda x: ops.take(ops.concatenate([x, x + 1], 0), np.arange(x.shape[0], 2 * x.shape[0]), axis=0),
    "rows": lambda x: np.tile(np.array([[1.0, 2.0, 4.0]], "float32"), (x.shape[0], 1)) * x,
    "repeated": lambda x: np.repeat(np.arange(x.shape[0]), 3).reshape(-1, 3).astype("float32") * x,
    "steps": lambda x: (np.arange(x.shape[0])[:, None] * 5 + np.array([[1, 3, 9]])).astype("float32") * x,
    "inverse": lambda x: x * (1.0 / x.shape[0]),
    "size": lambda x: x * np.float32(x.shape[0]),
    "lower": lambda x: ops.matmul(np.tri(x.shape[0], dtype="float32"), x),
}


def model_of(function):
    x = layers.Input((3,))
    return models.Model(x, layers.Lambda(function, name="odd")(x))


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("format", ["numpy", "onnx"])
def test_constants_that_grow(kind, format, tmp_path):
    if format == "onnx":
        pytest.importorskip("onnx")
        pytest.importorskip("onnxruntime")
    model = model_of(FORMS[kind])
    forms = {v.form.kind for call in exported_model(model).program.calls for v in call.inputs if v.form is not None}
    assert forms == {kind}
    model.export(tmp_path / "m", format=format)  # runs it beside the model, at other sizes


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x * np.float32(np.sqrt(x.shape[0])),
        lambda x: x * np.random.default_rng(0).normal(size=(x.shape[0], 1)).astype("float32"),
        lambda x: ops.reshape(ops.reshape(x, (-1,))[: x.shape[0] // 2 * 2], (2, -1)),
        lambda x: sum((x for _ in range(x.shape[0])), x),
    ],
)
def test_what_is_no_sum_of_products_names_its_layer(function):
    with pytest.raises(ExportError, match="odd.*other sizes"):
        _ = exported_model(model_of(function)).program


def test_lengths_that_must_be_equal_are_one_symbol():
    x, y = layers.Input((None, 2)), layers.Input((None, 2))
    program = exported_model(models.Model([x, y], layers.Add()([x, y]))).program
    assert set(program.axes.values()) == {"n", "t1"}
    x, y = layers.Input((None, 2)), layers.Input((None, 2))
    program = exported_model(models.Model([x, y], layers.Attention()([x, y]))).program
    assert set(program.axes.values()) == {"n", "t0", "t1"}
