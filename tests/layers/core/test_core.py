"""Core layers, from their definitions."""

import numpy as np
import pytest

from lamina import ops
from lamina.layers import Dense, EinsumDense, Embedding, Input, InputLayer, Lambda, Masking, Wrapper
from lamina.models import Model, load_model
from lamina.ops._symbolic import KerasTensor
from lamina.saving import register_keras_serializable

random = np.random.default_rng(0)


def test_dense_is_a_product_plus_bias():
    x = random.normal(size=(4, 3)).astype("float32")
    layer = Dense(2, activation="relu", bias_initializer="ones")
    y = layer(x)
    np.testing.assert_allclose(y, np.maximum(x @ layer.kernel.numpy() + 1, 0), rtol=1e-6)


@pytest.mark.parametrize("units", [0, -1, 1.5, "3", None, True])
def test_dense_checks_units(units):
    with pytest.raises(ValueError, match="units"):
        Dense(units)


def test_dense_needs_a_known_last_axis():
    with pytest.raises(ValueError, match="kernel.*must be known"):
        Dense(2)(Input((None,)))
    with pytest.raises(ValueError, match="at least 2 axes"):
        Dense(2)(Input(()))


def test_what_is_not_supported_is_refused():
    with pytest.raises(ValueError, match="quantization_config must be a QuantizationConfig.*got 'int8'"):
        Dense(2, quantization_config="int8")


def test_einsum_dense_checks_its_equation():
    for equation, shape, match in [
        ("ab,bc", 3, "must look like"),
        ("ab,bc->ac", (3, 4), "does not have the axes"),
        ("ab...,bc->...ac", 3, "must stand at the left"),
        ("abc,cd->abd", (7, 3), "size 5 in the input"),
        ("ab,bc->ac", 3, "names 2 input axes"),
    ]:
        with pytest.raises(ValueError, match=match):
            EinsumDense(equation, shape)(np.ones((2, 5) if equation == "ab,bc->ac" and shape != 3 else (2, 5, 4)))
    with pytest.raises(ValueError, match="bias_axes"):
        EinsumDense("ab,bc->ac", 3, bias_axes="z")(np.ones((2, 5), "float32"))


def test_embedding_selects_rows():
    table = random.normal(size=(5, 2)).astype("float32")
    layer = Embedding(5, 2, weights=[table])
    assert np.array_equal(layer(np.array([[0, 4], [2, 2]])), table[[[0, 4], [2, 2]]])
    assert layer(np.array([1.0])).shape == (1, 2)


def test_masking_zeroes_and_masks():
    x = np.array([[[1, 1], [5, 5], [5, 2]]], "float32")
    y = Masking(5.0)(x)
    assert y.tolist() == [[[1, 1], [0, 0], [5, 2]]] and y._keras_mask.tolist() == [[True, False, True]]


def test_input_describes_data():
    x = Input((3, None), batch_size=2, dtype="int32", name="ids")
    assert isinstance(x, KerasTensor) and x.shape == (2, 3, None) and x.dtype == "int32" and x.name == "ids"
    assert InputLayer(batch_shape=(None, 2)).output.shape == (None, 2)
    place = InputLayer((2,))
    assert place.input is place.output
    assert Input(3).shape == (None, 3)
    both, sparse = {"shape": (2,), "batch_shape": (1, 2)}, {"shape": (2,), "sparse": True}
    for arguments in ({}, both, {"shape": ("a",)}, {"shape": (-2,)}, sparse):
        with pytest.raises(ValueError):
            Input(**arguments)


def test_lambda_shapes_and_arguments():
    layer = Lambda(lambda x, power: ops.power(x, power), arguments={"power": 2})
    assert layer(np.array([[3.0]], "float32")).tolist() == [[9.0]]
    assert Lambda(lambda x: x[:, :1])(Input((4,))).shape == (None, 1)
    assert Lambda(lambda x: x, output_shape=(7,))(Input((4,))).shape == (None, 7)
    with pytest.raises(TypeError, match="callable"):
        Lambda(3)


@register_keras_serializable("tests")
def doubled(x):
    return x * 2.0


def test_lambda_with_a_registered_function_is_saved(tmp_path):
    x = Input((2,))
    Model(x, Lambda(doubled)(x)).save(tmp_path / "m.keras")
    assert load_model(tmp_path / "m.keras")(np.ones((1, 2), "float32")).tolist() == [[2.0, 2.0]]
    with pytest.raises(ValueError, match="lambda cannot be saved"):
        Model(x, Lambda(lambda t: t)(x)).save(tmp_path / "n.keras")


@register_keras_serializable("tests")
class Twice(Wrapper):
    def call(self, x):
        return self.layer(self.layer(x))


def test_wrapper_builds_and_saves_what_it_wraps(tmp_path):
    x = Input((3,))
    model = Model(x, Twice(Dense(3, name="inner"))(x))
    assert len(model.weights) == 2
    model.save(tmp_path / "m.keras")
    data = np.ones((1, 3), "float32")
    assert np.array_equal(load_model(tmp_path / "m.keras")(data), model(data))
    with pytest.raises(ValueError, match="must be a Layer"):
        Wrapper("dense")


def test_an_embedding_with_weights_is_built_at_once():
    table = np.arange(6, dtype="float32").reshape(3, 2)
    for weights in (table, [table]):
        np.testing.assert_array_equal(Embedding(3, 2, weights=weights).embeddings, table)


@pytest.mark.parametrize(
    "said",
    [
        {"shape": (4,)}, {"batch_shape": (2, 4)}, {"batch_size": 5}, {"dtype": "float16"}, {"sparse": True},
        {"ragged": True},
    ],
)  # fmt: skip
def test_what_is_said_of_an_input_tensor_must_be_so(said):
    tensor = KerasTensor((2, 3))
    with pytest.raises(ValueError, match=f"{next(iter(said))}=.* does not fit input_tensor"):
        InputLayer(input_tensor=tensor, **said)
    assert InputLayer(shape=(3,), batch_size=2, dtype="float32", input_tensor=tensor).batch_shape == (2, 3)


def test_an_input_has_one_batch_size():
    with pytest.raises(ValueError, match="leave batch_size= out"):
        InputLayer(batch_shape=(2, 3), batch_size=2)


def test_an_einsum_kernel_is_scaled_by_the_axes_that_it_joins():
    layer = EinsumDense("abx,xyz->abyz", (None, 30, 40), kernel_initializer="lecun_normal")
    layer.build((None, 5, 50))
    assert abs(np.std(layer.kernel.numpy()) * 50**0.5 - 1) < 0.02
    glorot = EinsumDense("abyz,yzx->abx", (None, 50), kernel_initializer="glorot_normal")
    glorot.build((None, 5, 30, 40))
    assert abs(np.std(glorot.kernel.numpy()) * ((30 * 40 + 50) / 2) ** 0.5 - 1) < 0.02
