"""Models over graphs of layers."""

import json
import pickle

import numpy as np
import pytest

from lamina import layers, ops
from lamina.layers import Add, Concatenate, Dense, Dropout, Input, Lambda
from lamina.models import Model, Sequential, load_model, model_from_json
from lamina.models._model import Functional


def ones(*shape):
    return np.ones(shape, "float32")


def two_towers():
    a, b = Input((4,), name="a"), Input((3,), name="b")
    shared = Dense(5, name="shared")
    left, right = shared(a), shared(Dense(4)(b))
    joined = Concatenate(name="joined")([left, right])
    return Model({"first": a, "second": b}, {"sum": ops.sum(joined, axis=-1), "out": [Dense(2)(joined + 1.0)]})


def test_inputs_by_structure_by_name_and_in_order():
    model = two_towers()
    x = {"first": ones(2, 4), "second": ones(2, 3)}
    outputs = model(x)
    assert set(outputs) == {"sum", "out"} and outputs["out"][0].shape == (2, 2) and outputs["sum"].shape == (2,)
    by_name = model({"a": x["first"], "b": x["second"]})
    assert np.array_equal(by_name["sum"], outputs["sum"])
    by_order = model([x["first"], x["second"]])
    assert np.array_equal(by_order["sum"], outputs["sum"])


def test_a_missing_input_is_named():
    with pytest.raises(ValueError, match=r"no data for the input\(s\) \['second'\]"):
        two_towers()({"first": ones(2, 4)})
    with pytest.raises(ValueError, match=r"has 2 input\(s\) \(a, b\); got 1"):
        two_towers()(ones(2, 4))


def test_a_shared_layer_has_its_weights_once():
    model = two_towers()
    assert len(model.weights) == 6
    assert [layer.name for layer in model.layers].count("shared") == 1


def test_config_and_json_round_trip():
    model = two_towers()
    config = model.get_config()
    again = Functional.from_config(json.loads(json.dumps(config)))
    again.set_weights(model.get_weights())
    x = {"first": ones(2, 4), "second": ones(2, 3)}
    assert np.array_equal(again(x)["out"][0], model(x)["out"][0])
    assert json.dumps(again.get_config()) == json.dumps(config)
    assert model_from_json(model.to_json()).count_params() == model.count_params()
    with pytest.raises(ValueError, match="not JSON"):
        model_from_json("{")


def test_a_model_as_a_layer_keeps_its_weights():
    inner_input = Input((3,))
    inner = Model(inner_input, Dense(2)(inner_input), name="inner")
    x = Input((3,))
    outer = Model(x, Add()([inner(x), inner(x * 2.0)]))
    assert outer(ones(1, 3)).shape == (1, 2)
    np.testing.assert_allclose(outer(ones(1, 3)), inner(ones(1, 3)) + inner(2 * ones(1, 3)), rtol=1e-6)
    assert len(outer.weights) == 2
    again = Functional.from_config(outer.get_config())
    assert [w.shape for w in again.weights] == [(3, 2), (2,)]


def test_sub_graph_from_an_intermediate_tensor():
    x = Input((3,))
    hidden = Dense(4, activation="relu")(x)
    whole = Model(x, Dense(1)(hidden))
    head = Model(hidden, whole.output)
    features = Model(x, hidden)
    data = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    np.testing.assert_allclose(head(features(data)), whole(data), rtol=1e-6)
    assert len(head.weights) == 2


def test_layers_are_ordered_as_keras_orders_them():
    a, b = Input((2,), name="a"), Input((2,), name="b")
    x = Dense(2, name="a2")(Dense(2, name="a1")(a))
    y = Dense(2, name="b1")(b)
    model = Model([a, b], Add(name="sum")([x, y]))
    assert [layer.name for layer in model.layers] == ["a", "a1", "b", "a2", "b1", "sum"]


def test_training_reaches_the_layers_and_an_explicit_choice_stays():
    x = Input((200,))
    model = Model(x, [Dropout(0.5)(x), Dropout(0.5)(x, training=True)])
    calm, noisy = model(ones(1, 200))
    assert (calm == 1).all() and (noisy == 0).any()
    trained, _ = model(ones(1, 200), training=True)
    assert (trained == 0).any()


def test_outputs_that_need_another_input_are_refused():
    a, b = Input((2,), name="a"), Input((2,), name="b")
    with pytest.raises(ValueError, match="not among the inputs given"):
        Model(a, Add()([a, b]))


def test_two_layers_of_one_name_are_refused():
    x = Input((2,))
    with pytest.raises(ValueError, match="two layers are called 'same'"):
        Model(x, Dense(1, name="same")(Dense(1, name="same")(x)))


def test_ends_must_be_symbolic():
    with pytest.raises(ValueError, match="must be KerasTensors"):
        Model(ones(2), ones(2))
    x = Input((2,))
    with pytest.raises(ValueError, match="given twice"):
        Model([x, x], Dense(1)(x))


def test_shapes_that_do_not_fit_are_named_when_joined():
    x = Dense(3, name="left")(Input((4,)))
    y = Input((5,), name="right")
    with pytest.raises(ValueError, match=r'axis 1.*\(None, 3\) from "left", \(None, 5\) from "right"'):
        Add()([x, y])
    with pytest.raises(ValueError, match=r"joined along axis 2\).*\(None, 2, 3\) from .*\(None, 4, 3\)"):
        Concatenate()([Input((2, 3)), Input((4, 3))])
    model = Model(y, Dense(1)(y), name="m")
    with pytest.raises(ValueError, match=r"'right' to have shape \(None, 5\), 5 on axis 1; got shape \(2, 4\)"):
        model(ones(2, 4))


def test_ranks_are_adapted_by_one():
    x = Input((1,))
    model = Model(x, x * 2.0)
    assert model(ones(3)).shape == (3, 1)
    y = Input(())
    assert Model(y, y * 2.0)(ones(3, 1)).shape == (3,)


def test_input_of_keras_1_spelling():
    x = Input((2,))
    with pytest.warns(DeprecationWarning, match="put="):
        from lamina._deprecation import forget_warnings

        forget_warnings()
        model = Model(input=x, output=Dense(1)(x))
    assert isinstance(model, Functional)


def test_a_subclass_may_be_functional():
    class Net(Model):
        def __init__(self, units):
            x = Input((3,))
            super().__init__(x, Dense(units)(x), name="net")
            self.units = units

        def call(self, inputs, training=None):
            return super().call(inputs) + 1.0

    net = Net(2)
    assert isinstance(net, Functional) and net(ones(1, 3)).shape == (1, 2) and net.name == "net"


def test_optional_and_nested_inputs():
    x = Input((2,), name="x")
    y = Input((2,), name="y", optional=True)
    model = Model([x, y], Lambda(lambda t: t[0] if t[1] is None else t[0] + t[1])([x, y]))
    assert model([ones(1, 2), None]).tolist() == [[1.0, 1.0]]
    assert model([ones(1, 2), ones(1, 2)]).tolist() == [[2.0, 2.0]]
    nested = Model({"a": [x], "b": (y,)}, x + y)
    assert nested({"a": [ones(1, 2)], "b": (ones(1, 2),)}).shape == (1, 2)


def test_get_layer():
    model = two_towers()
    assert model.get_layer("shared") is model.get_layer(index=[l.name for l in model.layers].index("shared"))
    with pytest.raises(ValueError, match="no layer 'nobody'"):
        model.get_layer("nobody")
    with pytest.raises(ValueError, match="outside"):
        model.get_layer(index=99)


def test_string_columns_enter_through_a_lookup(tmp_path):
    text, number = Input((1,), dtype="string", name="kind"), Input((2,), name="sizes")
    lookup = layers.StringLookup(output_mode="one_hot")
    lookup.adapt(["red", "green", "red"])
    model = Model([text, number], Dense(1)(Concatenate()([lookup(text), number])))
    x = [np.array([["red"], ["blue"]]), ones(2, 2)]
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras")
    assert np.array_equal(again(x), model(x))
    read = next(layer for layer in again.layers if isinstance(layer, layers.StringLookup))
    assert read.get_vocabulary() == ["[UNK]", "red", "green"]


def test_string_columns_train():
    text, number = Input((1,), dtype="string", name="kind"), Input((2,), name="sizes")
    kind = layers.StringLookup(vocabulary=["red", "green"], output_mode="one_hot")(text)
    model = Model({"kind": text, "sizes": number}, Dense(1)(Concatenate()([kind, number])))
    model.compile("sgd", "mse")
    x = {"kind": np.array([["red"], ["green"]] * 8), "sizes": np.random.default_rng(0).normal(size=(16, 2))}
    y = np.array([[1.0], [-1.0]] * 8)
    losses = model.fit(x, y, epochs=100, verbose=0).history["loss"]
    assert losses[-1] < 0.5 * losses[0]
    assert model.predict(x, verbose=0).shape == (16, 1)
    np.testing.assert_allclose(model.predict(x, verbose=0), np.asarray(model(x)), rtol=1e-5)


def test_pickle():
    model = two_towers()
    x = {"first": ones(2, 4), "second": ones(2, 3)}
    assert np.array_equal(pickle.loads(pickle.dumps(model))(x)["sum"], model(x)["sum"])


def test_deep_graphs_need_no_recursion():
    x = inputs = Input((2,))
    for _ in range(2000):
        x = layers.ReLU()(x)
    model = Model(inputs, x)
    assert model(ones(1, 2)).shape == (1, 2)
    assert isinstance(Sequential([Input((2,)), model]), Sequential)


@pytest.mark.parametrize("inputs", [lambda x: x, lambda x: [x], lambda x: (x,), lambda x: {"x": x}])
@pytest.mark.parametrize("outputs", [lambda y: [y], lambda y: (y,)])
def test_a_list_of_one_output_is_that_output(inputs, outputs, tmp_path):
    x = Input((3,), name="x")
    model = Model(inputs(x), outputs(Dense(2, name="d")(x)))
    assert model(ones(4, 3)).shape == model.predict(ones(4, 3), verbose=0).shape == (4, 2)
    assert model.predict_on_batch(ones(4, 3)).shape == (4, 2)
    assert model.output_shape == model.compute_output_shape((None, 3)) == (None, 2) and model.input_shape == (None, 3)
    assert type(model.output) in (list, tuple)
    again = Model(model.inputs, model.outputs)
    outer = Sequential([Input((3,)), again, Dense(1)])
    assert outer(ones(4, 3)).shape == (4, 1)
    model.compile("sgd", "mse", metrics=["mae"])
    assert set(model.fit(ones(4, 3), ones(4, 2), verbose=0).history) == {"loss", "mae"}
    model.save(tmp_path / "m.keras")
    assert np.array_equal(load_model(tmp_path / "m.keras")(ones(4, 3)), model(ones(4, 3)))


@pytest.mark.parametrize("kind", ["functional", "sequential", "unbuilt"])
def test_call_by_itself_trains_if_told_to(kind):
    x = Input((3,))
    model = {
        "functional": lambda: Model(x, Dropout(0.5)(x)), "sequential": lambda: Sequential([Input((3,)), Dropout(0.5)]),
        "unbuilt": lambda: Sequential([Dropout(0.5)]),
    }[kind]()  # fmt: skip
    given = ones(100, 3)
    assert (np.asarray(model.call(given, training=True)) == 0).any()
    for quiet in (model.call(given), model.call(given, training=False), model(given)):
        assert (np.asarray(quiet) == 1).all()
