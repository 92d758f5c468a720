"""What notebooks show: well-formed, escaped, nothing from outside."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

import lamina
from lamina import layers, optimizers
from lamina._markup._notebook import array_card, brief, card, facts
from lamina.diagnosis import Finding, Report

EVIL = "<img src=x onerror=y>&"


def trained():
    model = lamina.Sequential([lamina.Input((2,)), layers.Dense(3, "relu", name=EVIL), layers.Dense(1)], name="net")
    model.compile("adam", "mse")
    rows = np.ones((8, 2), "float32")
    return model, model.fit(rows, rows[:, :1], epochs=3, validation_split=0.25, verbose=0)


def shown():
    model, history = trained()
    schedule = optimizers.schedules.CosineDecay(0.1, 50)
    data = lamina.data.Dataset.from_tensor_slices({"text": [EVIL, "b"], "y": [1.0, 2.0]})
    finding = Finding("rule", "error", EVIL, EVIL, EVIL)
    return {
        "model": model,
        "unbuilt model": lamina.Sequential([layers.Dense(1)]),
        "model of one's own": type("Own", (lamina.Model,), {})(),
        "history": history,
        "history of nothing": lamina.callbacks.History(),
        "layer": model.layers[0],
        "unbuilt layer": layers.LSTM(2),
        "layer without config": type("Bare", (layers.Layer,), {"get_config": layers.Layer.get_config})(),
        "optimizer": model.optimizer,
        "optimizer with schedule": optimizers.SGD(schedule),
        "schedule": schedule,
        "piecewise": optimizers.schedules.PiecewiseConstantDecay([10, 20], [0.5, 0.25, 0.125]),
        "data set": data.batch(2),
        "empty data set": data.take(0),
        "variable": model.weights[0],
        "finding": finding,
        "report": Report([finding]),
        "empty report": Report(),
    }


@pytest.mark.parametrize("name", list(shown()))
def test_it_is_well_formed_and_self_contained(name):
    text = shown()[name]._repr_html_()
    page = ET.fromstring(text)
    assert page.tag == "div" and "".join(page.itertext()).strip()
    assert EVIL not in text
    outside = [v for part in page.iter() for k, v in part.items() if k in ("src", "href") and not v.startswith("data:")]
    assert outside == [] and "url(" not in text and "@import" not in text
    assert not [
        part for part in page.iter() if part.tag == "script" or any(key.startswith("on") for key in part.attrib)
    ]


def test_a_model_shows_its_layers_and_weights():
    text = trained()[0]._repr_html_()
    said = "".join(ET.fromstring(text).itertext())
    assert "13 weights" in said and "(None, 3)" in said and EVIL in said


def test_a_history_draws_a_curve_through_its_values():
    history = lamina.callbacks.History()
    history.epoch, history.history = [0, 1, 2], {"loss": [4.0, 2.0, 1.0], "val_loss": [3.0, 3.0, 3.0]}
    paths = [p for p in ET.fromstring(history._repr_html_()).iter("path") if p.get("class") in ("s0", "s1")]
    first, second = ([tuple(map(float, step.split())) for step in p.get("d")[1:].split("L")] for p in paths)
    assert [x for x, _ in first] == [x for x, _ in second]
    heights = [y for _, y in first]
    assert heights[1] - heights[0] == pytest.approx(2 * (heights[2] - heights[1]), abs=0.2)  # 4 to 2 is twice 2 to 1
    assert len({y for _, y in second}) == 1
    assert repr(history) == "<History of 3 epochs: loss=1, val_loss=3>"


@pytest.mark.native_only("tensors of other engines are their own")
def test_a_tensor_shows_shape_dtype_and_its_first_values():
    said = "".join(ET.fromstring(lamina.ops.convert_to_tensor([[1.5, 2.0]])._repr_html_()).itertext())
    assert "shape (1, 2)" in said and "float32" in said and "1.5" in said


@pytest.mark.parametrize("shape", [(), (0,), (3,), (20, 20), (2, 3, 4), (0, 3)])
def test_arrays_of_every_shape(shape):
    page = ET.fromstring(array_card("Array", np.zeros(shape)))
    assert f"shape {shape}" in "".join(page.itertext())
    assert len(list(page.iter("tr"))) <= 9


def test_values_of_configs_are_short():
    assert brief({"class_name": "L2", "config": {"l2": 0.0010000000474974513, "seed": None}}) == "L2(l2=0.001)"
    assert len(brief("a" * 500)) == 90
    assert facts({}) is None
    assert "&lt;b&gt;" in card("<b>")
