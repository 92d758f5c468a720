"""The gate between names in files and objects: what it lets through, what it refuses, and that nothing runs."""

import sys

import numpy as np
import pytest

from lamina import activations, initializers, layers, losses, metrics, optimizers, tree, variables
from lamina.losses._function_loss import LossFunctionWrapper
from lamina.variables import (
    CustomObjectScope,
    ObjectSharingScope,
    deserialize_keras_object,
    register_keras_serializable,
    serialize_keras_object,
    serialize_shared,
)


def test_values_round_trip():
    for value in (None, 1, 2.5, "a", True, [1, (2, 3)], {"a": (1, [2])}, slice(1, None, 2), b"ab", Ellipsis):
        assert deserialize_keras_object(serialize_keras_object(value)) == value
    array = np.arange(6, dtype="float16").reshape(2, 3)
    back = deserialize_keras_object(serialize_keras_object(array))
    assert back.dtype == array.dtype
    assert (back == array).all()
    tensor = deserialize_keras_object({"class_name": "__tensor__", "config": {"value": [1, 2], "dtype": "int32"}})
    assert tensor.tolist() == [1, 2]
    assert deserialize_keras_object({"class_name": "__tuple__", "items": [1, [2]]}) == (1, [2])


@pytest.mark.parametrize(
    ("module", "name", "cls"),
    [
        ("keras.losses", "MeanSquaredError", losses.MeanSquaredError),
        ("lamina.losses", "MeanSquaredError", losses.MeanSquaredError),
        ("keras.src.losses.losses", "MeanSquaredError", losses.MeanSquaredError),
        ("tensorflow.keras.losses", "MeanSquaredError", losses.MeanSquaredError),
        ("keras.src.backend.torch.optimizers.torch_adam", "Adam", optimizers.Adam),
        ("keras.src.optimizers.schedules.learning_rate_schedule", "CosineDecay", optimizers.schedules.CosineDecay),
        ("keras.initializers", "HeNormal", initializers.HeNormal),
        ("keras", "DTypePolicy", variables.DTypePolicy),
        ("keras.src.losses.losses", "LossFunctionWrapper", LossFunctionWrapper),
    ],
)
def test_modules_of_keras_lead_to_our_classes(module, name, cls):
    assert variables.find_class({"module": module, "class_name": name, "registered_name": None}) is cls


@pytest.mark.parametrize(
    "config",
    [
        {"module": "os", "class_name": "system", "config": {}, "registered_name": None},
        {"module": "subprocess", "class_name": "Popen", "config": {"args": "true"}, "registered_name": "Popen"},
        {"module": "builtins", "class_name": "eval", "config": {}, "registered_name": None},
        {
            "module": "lamina.variables._registry",
            "class_name": "ObjectSharingScope",
            "config": {},
            "registered_name": None,
        },
        {"module": "keras.losses", "class_name": "os.system", "config": {}, "registered_name": None},
        {"module": "keras.losses", "class_name": "mean_squared_error", "config": {}, "registered_name": None},
        {"module": "keras.losses", "class_name": "get", "config": {}, "registered_name": None},
        {"module": None, "class_name": "Unknown", "config": {}, "registered_name": "P>Unknown"},
        {"module": "builtins", "class_name": "function", "config": "eval", "registered_name": "function"},
        {"module": "builtins", "class_name": "function", "config": "deserialize", "registered_name": "function"},
        {"module": "keras.callbacks", "class_name": "CSVLogger", "config": {"filename": "x"}, "registered_name": None},
        {"module": "builtins", "class_name": "function", "config": "os.system", "registered_name": "function"},
        {"module": "keras.losses", "class_name": ["MeanSquaredError"], "config": {}, "registered_name": None},
        {"module": ["keras"], "class_name": "Dense", "config": {}, "registered_name": None},
        {"module": "keras.losses", "class_name": "MeanSquaredError", "config": "x", "registered_name": None},
        {"class_name": "__numpy__", "config": {"value": [1], "dtype": "O"}},
        {"class_name": "__numpy__", "config": {"value": [1], "dtype": "nothing"}},
        {"class_name": "__tensor__", "config": {"dtype": "int32"}},
        {"class_name": "__numpy__", "config": None},
        {"class_name": "function", "config": {"a": 1}},
    ],
)
def test_everything_else_is_refused(config):
    with pytest.raises(ValueError):
        deserialize_keras_object(config)


def test_a_config_that_a_class_does_not_take_is_a_type_error():
    config = {"module": "keras.losses", "class_name": "MeanSquaredError", "config": {"fun": 1}, "registered_name": None}
    with pytest.raises(TypeError, match="MeanSquaredError could not be made from its config"):
        deserialize_keras_object(config)


@pytest.mark.parametrize("safe_mode", [True, False])
def test_lambdas_never_run(safe_mode):
    config = {"class_name": "__lambda__", "config": {"value": ["4wEAAAA=", None, None]}}
    with pytest.raises(ValueError, match="no code from a file is ever run"):
        deserialize_keras_object(config, safe_mode=safe_mode)
    with pytest.raises(ValueError, match="lambda"):
        serialize_keras_object(lambda x: x)


def test_nothing_is_imported(tmp_path, monkeypatch):
    (tmp_path / "trap_module.py").write_text("class Trap:\n    pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    config = {"module": "trap_module", "class_name": "Trap", "config": {}, "registered_name": None}
    with pytest.raises(ValueError, match="Nothing named by a file is imported"):
        deserialize_keras_object(config)
    assert "trap_module" not in sys.modules


def test_registered_classes_and_functions():
    @register_keras_serializable("Mine")
    class Twice:
        def __init__(self, n=2):
            self.n = n

        def get_config(self):
            return {"n": self.n}

        @classmethod
        def from_config(cls, config):
            return cls(**config)

    @register_keras_serializable("Mine", name="half")
    def halve(x):
        return x / 2

    try:
        config = serialize_keras_object(Twice(5))
        assert (config["class_name"], config["registered_name"]) == ("Twice", "Mine>Twice")
        assert deserialize_keras_object(config).n == 5
        assert serialize_keras_object(halve)["config"] == "Mine>half"
        assert deserialize_keras_object(serialize_keras_object(halve)) is halve
        assert activations.get("Mine>half") is halve
        assert variables.get_registered_name(Twice) == "Mine>Twice"
        assert variables.get_registered_object("Mine>Twice") is Twice
    finally:
        for name in ("Mine>Twice", "Mine>half"):
            del variables.get_custom_objects()[name]
    with pytest.raises(ValueError, match="get_config"):
        register_keras_serializable()(type("Bare", (), {}))


def test_custom_objects():
    class Own(losses.Loss):
        def call(self, y_true, y_pred):
            return y_true - y_pred

    def own_function(y_true, y_pred):
        return y_pred

    config = serialize_keras_object(Own())
    with pytest.raises(ValueError, match="custom_objects"):
        deserialize_keras_object(config)
    assert type(deserialize_keras_object(config, custom_objects={"Own": Own})) is Own
    with CustomObjectScope({"Own": Own, "own_function": own_function}):
        assert type(deserialize_keras_object(config)) is Own
        assert type(losses.get("Own")) is Own
        assert losses.get("own_function") is own_function
        inner = metrics.deserialize(serialize_keras_object(metrics.MeanMetricWrapper(own_function, name="m")))
        assert inner._fn is own_function


def test_functions_go_by_name():
    for function in (losses.mean_squared_error, activations.relu, metrics.binary_accuracy):
        config = serialize_keras_object(function)
        assert config == {
            "module": "builtins", "class_name": "function", "config": function.__name__, "registered_name": "function",
        }  # fmt: skip
        assert deserialize_keras_object(config) is function


def test_shared_objects_stay_one():
    loss = losses.MeanSquaredError()
    configs = serialize_shared([loss, [{"inside": loss}], losses.Huber()])
    configs[1] = configs[1][0]["inside"]
    assert configs[0]["shared_object_id"] == configs[1]["shared_object_id"]
    assert "shared_object_id" not in configs[2]
    with ObjectSharingScope():
        first, second, third = deserialize_keras_object(configs)
    assert first is second
    assert third is not first


@pytest.mark.parametrize("module", ["__main__", "layers", "mine.layers", "keras_like.layers", "lamina_like.layers"])
def test_a_class_that_is_called_like_ours_is_not_ours(module):
    """A foreign `Dense` is neither written as `keras.layers.Dense`, nor read as it, unless it is made known."""
    assert serialize_keras_object(layers.Dense(1))["module"] == "keras.layers"
    cls = type("Dense", (layers.Layer,), {"__module__": module})
    config = serialize_keras_object(cls(name="mine"))
    assert config["module"] != "keras.layers"
    assert config["registered_name"] == "Dense"
    with pytest.raises(ValueError, match="Unknown class 'Dense'"):
        deserialize_keras_object(config)
    assert type(deserialize_keras_object(config, custom_objects={"Dense": cls})) is cls


def test_a_foreign_function_that_is_called_like_ours_is_used_where_it_is_given():
    def relu(x):
        return -x

    config = serialize_keras_object(relu)
    assert deserialize_keras_object(config) is activations.relu
    assert deserialize_keras_object(config, custom_objects={"relu": relu}) is relu
    with CustomObjectScope({"relu": relu}):
        assert deserialize_keras_object(config) is relu
    assert deserialize_keras_object(config) is activations.relu


@pytest.mark.parametrize("module", ["mine.losses", "kerasx.losses", "os", "src.losses", "notkeras.src.losses"])
def test_only_modules_of_keras_name_public_classes(module):
    config = {"module": module, "class_name": "MeanSquaredError", "config": {}, "registered_name": None}
    with pytest.raises(ValueError, match="Unknown class"):
        deserialize_keras_object(config)


def test_names_are_looked_up_among_the_given_objects():
    objects = {"known": len}
    assert deserialize_keras_object("known", module_objects=objects) is len
    assert deserialize_keras_object("known", custom_objects={"known": max}, module_objects=objects) is max
    assert deserialize_keras_object("unknown", module_objects=objects) == "unknown"


def test_a_config_may_hold_a_class_name_that_is_no_value():
    """`__numpy__` stands for an array only together with its config."""

    @register_keras_serializable("test_values")
    class Holds:
        def __init__(self, given):
            self.given = given

        def get_config(self):
            return {"given": self.given}

        @classmethod
        def from_config(cls, config):
            return cls(**config)

    for given in ({"class_name": "__numpy__"}, {"a": [1, {"b": None}]}, [np.arange(3), b"bytes"]):
        again = deserialize_keras_object(serialize_keras_object(Holds(given)))
        for one, other in zip(tree.flatten(again.given), tree.flatten(given), strict=True):
            assert np.array_equal(one, other)


def test_what_an_object_is_built_by_is_kept_where_there_is_something():
    layer = layers.Dense(2)
    assert (
        "build_config" not in serialize_keras_object(layer) or serialize_keras_object(layer)["build_config"] is not None
    )
    layer.build((None, 3))
    assert serialize_keras_object(layer)["build_config"] == {"input_shape": (None, 3)}
    assert "compile_config" not in serialize_keras_object(layer)
