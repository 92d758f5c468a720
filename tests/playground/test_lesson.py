"""The training that the page shows is lamina's, and depends on the plan alone."""

import numpy as np
import pytest

import lamina
from lamina.playground._lesson import Lesson
from lamina.playground._material import made_material
from lamina.playground._plan import ACTIVATIONS, OPTIMIZERS, PENALTIES, Plan

from .conftest import unpacked


def lesson_of(**choices):
    plan = Plan(**choices)
    return Lesson(plan, made_material(plan))


def test_frames_do_not_depend_on_how_they_are_asked_for():
    one, other = lesson_of(data="moons"), lesson_of(data="moons")
    for updates in (1, 4, 30):
        one.train(updates)
    other.train(35)
    assert one.frame() == other.frame()
    assert one.frame()["updates"] == 35
    assert one.frame()["epoch"] == pytest.approx(35 * 16 / 168)


def test_a_frame_tells_loss_weights_and_gradients_by_their_definitions():
    lesson = lesson_of(data="xor", layers=(3,), penalty="l2", penalty_rate=0.01)
    lesson.train(3)
    frame = lesson.frame()
    weights = [np.asarray(w) for w in lesson.model.get_weights()]
    np.testing.assert_array_equal(unpacked(frame["weights"]), np.concatenate([w.ravel() for w in weights]))

    def loss(flat):
        k1, b1, k2, b2 = np.split(flat, np.cumsum([6, 3, 3]))
        hidden = np.tanh(lesson.x.astype("float64") @ k1.reshape(2, 3) + b1)
        p = 1 / (1 + np.exp(-(hidden @ k2.reshape(3, 1) + b2)))
        entropy = -np.mean(np.where(lesson.y, np.log(p), np.log(1 - p)))
        return entropy + 0.01 * (np.sum(k1**2) + np.sum(k2**2))

    flat = np.concatenate([w.ravel() for w in weights]).astype("float64")
    assert frame["train"]["loss"] == pytest.approx(loss(flat), rel=1e-4)
    moved = [loss(flat + 1e-5 * step) - loss(flat - 1e-5 * step) for step in np.eye(len(flat))]
    np.testing.assert_allclose(unpacked(frame["gradients"]), np.array(moved) / 2e-5, atol=1e-4)


@pytest.mark.parametrize("data", ["and", "or", "xor", "circles", "moons", "spirals", "line", "digits"])
def test_every_data_set_is_learned(data):
    layers = {"spirals": (8, 8, 8), "digits": (8,), "line": ()}.get(data, (4,))
    # Spirals from another start may end in a corner, which one depends on how the processor rounds.
    lesson = lesson_of(data=data, layers=layers, seed=2 if data == "spirals" else 1)
    first = lesson.frame()["train"]["loss"]
    lesson.train(1800 if data == "spirals" else 500)
    figures = lesson.frame()["train"]
    assert figures["loss"] < 0.25 * first
    assert figures.get("accuracy", 1.0) > 0.95


@pytest.mark.parametrize(
    "choice",
    [
        *({"activation": a} for a in ACTIVATIONS), *({"optimizer": o} for o in OPTIMIZERS),
        *({"penalty": p} for p in PENALTIES), {"test_share": 0.0}, {"batch_size": 1000}, {"layers": ()},
    ],
    ids=str,
)  # fmt: skip
def test_every_choice_trains(choice):
    lesson = lesson_of(**({"data": "and"} | choice))
    first = lesson.frame()
    lesson.train(60)
    frame = lesson.frame()
    assert frame["train"]["loss"] < first["train"]["loss"]
    assert ("test" in frame) == (choice.get("test_share") != 0.0)


def test_findings_are_those_of_diagnose():
    lesson = lesson_of(layers=(4, 4), activation="linear")
    found = lesson.findings()
    assert [f["rule"] for f in found] == [f.rule for f in lamina.diagnose(lesson.model, lesson.x, lesson.y)]
    assert {"rule": "stacked-linear", "severity": "warning", "layer": 0} in found or "stacked-linear" in str(found)


def test_a_loss_that_is_no_number_is_told():
    lesson = lesson_of(data="line", layers=(), optimizer="sgd", learning_rate=10.0)
    lesson.train(200)
    assert not np.isfinite(unpacked(lesson.frame()["weights"])).all()
    assert "non-finite-values" in [f["rule"] for f in lesson.findings()]
