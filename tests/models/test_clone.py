"""Copies of models."""

import numpy as np
import pytest

from lamina.layers import Add, Dense, Input
from lamina.models import Model, Sequential, clone_model
from lamina.models._model import Functional


def graph():
    x = Input((3,), name="x")
    shared = Dense(3, name="shared")
    return Model(x, Add()([shared(x), shared(shared(x)) + 1.0]))


@pytest.mark.parametrize("make", [graph, lambda: Sequential([Input((3,)), Dense(2)]), lambda: Sequential([Dense(2)])])
def test_same_architecture_other_weights(make):
    model = make()
    copy = clone_model(model)
    assert type(copy) is type(model) and copy.name == model.name
    assert [layer.name for layer in copy.layers] == [layer.name for layer in model.layers]
    if model.built:
        assert not np.array_equal(copy.get_weights()[0], model.get_weights()[0])
        copy.set_weights(model.get_weights())
        x = np.ones((2, 3), "float32")
        assert np.array_equal(copy(x), model(x))
    assert not {id(layer) for layer in copy.layers} & {id(layer) for layer in model.layers}


def test_clone_function_and_call_function():
    calls = []

    def wider(layer):
        config = layer.get_config()
        if isinstance(layer, Dense):
            config["activation"] = "relu"
        return type(layer).from_config(config)

    def call(layer, *args, **kwargs):
        calls.append(layer.name)
        return layer(*args, **kwargs)

    copy = clone_model(graph(), clone_function=wider, call_function=call)
    assert copy.get_layer("shared").activation.__name__ == "relu" and calls.count("shared") == 3
    with pytest.raises(ValueError, match="call_function"):
        clone_model(Sequential([Dense(1)]), call_function=call)


def test_other_inputs():
    x = Input((3,), name="other")
    copy = clone_model(graph(), input_tensors=x)
    assert isinstance(copy, Functional) and copy.input_names == ["other"]
    with pytest.raises(ValueError, match="must be 1 KerasTensor"):
        clone_model(graph(), input_tensors=[x, x])


def test_recursive():
    inner = Sequential([Input((3,)), Dense(2, name="deep")])
    x = Input((3,))
    seen = []

    def copy(layer):
        seen.append(layer.name)
        return type(layer).from_config(layer.get_config())

    clone_model(Model(x, inner(x)), clone_function=copy, recursive=True)
    assert "deep" in seen


def test_a_compiled_model_gives_a_compiled_copy():
    model = graph()
    model.compile("adam", "mse", metrics=["mae"])
    copy = clone_model(model)
    assert copy.compiled and copy.loss == "mse" and copy.optimizer is not model.optimizer
    x = np.ones((4, 3), "float32")
    assert set(copy.fit(x, x, verbose=0).history) == {"loss", "mae"}
    assert not clone_model(graph()).compiled


def test_input_tensors_are_nested_like_the_inputs():
    x, y = Input((3,)), Input((3,))
    model = Model({"x": x, "y": y}, Add()([x, y]))
    assert set(clone_model(model, input_tensors={"x": Input((3,)), "y": Input((3,))}).input) == {"x", "y"}
    with pytest.raises(ValueError, match="nested like the model's inputs"):
        clone_model(model, input_tensors=(Input((3,)), Input((3,))))
