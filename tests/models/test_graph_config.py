"""Operations in the files of graphs."""

import numpy as np
import pytest

from lamina.layers import Input
from lamina.models import Model
from lamina.models._model import Functional
from lamina.ops._op import operations

x = np.array([[0.5, -1.25, 8.0]], "float32")
# What Keras writes and lamina has under another name, or as a function that makes no node.
READ = {
    "Abs": ("keras.src.ops.numpy", {}, [], np.abs(x)),
    "Conj": ("keras.src.ops.numpy", {}, [], x),
    "TrueDivide": ("keras.src.ops.numpy", {}, [2.0], x / 2),
    "Ndim": ("keras.src.ops.numpy", {}, [], 2),
    "Size": ("keras.src.ops.numpy", {}, [], 3),
    "ConvertToTensor": ("keras.src.ops.core", {"dtype": "float16"}, [], x.astype("float16")),
    "ReLU": ("keras.src.activations.activations", {"max_value": 6.0}, [], np.clip(x, 0, 6)),
    "Mish": ("keras.src.activations.activations", {}, [], x * np.tanh(np.log1p(np.exp(x)))),
}


@pytest.mark.parametrize("name", READ)
def test_what_keras_writes_is_read(name):
    module, arguments, args, expected = READ[name]
    inputs = Input((3,), name="x")
    config = Model(inputs, inputs + 1.0).get_config()
    entry = config["layers"][1]
    entry.update(module=module, class_name=name, config={"name": "op", **arguments}, registered_name=name, name="op")
    entry["inbound_nodes"][0]["args"][1:] = args
    config["output_layers"] = ["op", 0, 0]
    found = np.asarray(Functional.from_config(config)(x))
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert name != "ConvertToTensor" or found.dtype == "float16"


def test_a_derivative_is_an_operation_too():
    value, slope = operations()["JVP"]()(lambda t: t * t, (x,), (np.ones_like(x),))
    np.testing.assert_allclose(value, x**2, rtol=1e-6)
    np.testing.assert_allclose(slope, 2 * x, rtol=1e-6)
