"""Configs of Keras 1 and 2 in the words of Keras 3. `test_golden.py` reads whole files."""

import numpy as np
import pytest

from lamina.saving._old_config import modern, modern_compile, old_hard_sigmoid


def layer(kind, inbound=None, **config):
    return {"class_name": kind, "config": config, "name": config.get("name"), "inbound_nodes": inbound or []}


def test_a_list_of_layers_is_a_config():
    found = modern({"class_name": "Sequential", "config": [layer("Dense", units=3)]})
    assert found["config"]["name"] == "sequential" and found["config"]["layers"][0]["config"] == {"units": 3}


def test_calls_of_models_inside_are_counted_from_nought():
    inner = {"class_name": "Model", "name": "inner", "config": {"name": "inner", "layers": []}, "inbound_nodes": []}
    calls = [[["inner", 1, 0, {}], ["d", 1, 0]]]
    found = modern({"class_name": "Model", "config": {"layers": [inner, layer("Dense", calls, name="e")]}})
    assert found["class_name"] == found["config"]["layers"][0]["class_name"] == "Functional"
    assert found["config"]["layers"][1]["inbound_nodes"] == [[["inner", 0, 0, {}], ["d", 1, 0]]]


@pytest.mark.parametrize(
    "given, kind, expected",
    [
        ({"mode": "concat", "concat_axis": 1, "name": "m"}, "Concatenate", {"name": "m", "axis": 1}),
        ({"mode": "sum", "name": "m"}, "Add", {"name": "m"}),
        ({"mode": "cos", "dot_axes": 2, "name": "m"}, "Dot", {"name": "m", "axes": 2, "normalize": True}),
    ],
)
def test_merge(given, kind, expected):
    found = modern(layer("Merge", **given))
    assert (found["class_name"], found["config"]) == (kind, expected)


def test_what_has_no_counterpart_is_refused():
    with pytest.raises(ValueError, match="the mode 'raw' of Keras 1"):
        modern(layer("Merge", mode="raw"))
    with pytest.raises(ValueError, match="time_major=True"):
        modern(layer("LSTM", time_major=True))


def test_recurrent_layers():
    given = {"batch_input_shape": [None, 5, 3], "input_dim": 3, "input_length": None, "time_major": False}
    found = modern(layer("GRU", inner_activation="hard_sigmoid", **given))["config"]
    assert found == {
        "batch_input_shape": [None, 5, 3], "reset_after": False, "inner_activation": "lamina>old_hard_sigmoid",
    }  # fmt: skip
    x = np.array([-3.0, -2.5, -1.0, 0.0, 1.0, 3.0], "float32")
    np.testing.assert_allclose(old_hard_sigmoid(x), [0, 0, 0.3, 0.5, 0.7, 1], rtol=1e-6)


def test_compilation():
    optimizer = {"class_name": "Custom>SGD", "config": {"momentum": 0.9, "jit_compile": False, "decay": 0.0}}
    found = modern_compile({"loss": "mse", "metrics": None, "optimizer": optimizer})
    assert found["optimizer"] == {
        "module": "keras.optimizers", "registered_name": None, "class_name": "SGD", "config": {"momentum": 0.9},
    }  # fmt: skip
    assert "metrics" not in found
    assert modern_compile({"optimizer": "sgd"}) == {"optimizer": "sgd"}


@pytest.mark.parametrize("given", [None, 3, [], {}, {"class_name": "Dense", "config": 3}])
def test_what_is_no_config_stays(given):
    assert modern(given) == given
