import numpy as np
import pytest

pytest.importorskip("pandas")

from lamina.tables._figures import classes_of, confusion, constant_outputs, figures_of
from lamina.tables._target import Target

NUMBER, TWO = Target("y", "number"), Target("y", "two classes", ["no", "yes"])
THREE = Target("y", "classes", ["a", "b", "c"])


def test_regression():
    truth, outputs = np.array([[1.0], [2], [3], [6]], "float32"), np.array([[1.0], [3], [3], [4]])
    found = figures_of(NUMBER, truth, outputs)
    assert found["mean absolute error"] == pytest.approx(0.75)
    assert found["root mean squared error"] == pytest.approx(np.sqrt(5 / 4))
    assert found["R squared"] == pytest.approx(1 - 5 / 14)


def test_two_classes():
    truth, outputs = np.array([[0.0], [0], [1], [1]], "float32"), np.array([[0.1], [0.6], [0.6], [0.9]])
    found = figures_of(TWO, truth, outputs)
    assert found["accuracy"] == 0.75 and found["balanced accuracy"] == 0.75
    assert found["area under the ROC curve"] == pytest.approx(3.5 / 4)  # the tie counts half
    assert found["cross-entropy"] == pytest.approx(-np.mean(np.log([0.9, 0.4, 0.6, 0.9])), rel=1e-5)


def test_three_classes():
    truth = np.eye(3, dtype="float32")[[0, 0, 0, 2]]
    outputs = np.array([[0.8, 0.1, 0.1], [0.5, 0.3, 0.2], [0.2, 0.7, 0.1], [0.1, 0.2, 0.7]])
    found = figures_of(THREE, truth, outputs)
    assert found["accuracy"] == 0.75
    assert found["balanced accuracy"] == pytest.approx((2 / 3 + 1) / 2)
    assert found["cross-entropy"] == pytest.approx(-np.mean(np.log([0.8, 0.5, 0.2, 0.7])), rel=1e-5)
    assert confusion(THREE, truth, outputs).tolist() == [[2, 1, 0], [0, 0, 0], [0, 0, 1]]


def test_the_constant_answer():
    training = np.eye(3, dtype="float32")[[1, 1, 1, 0]]
    outputs = constant_outputs(THREE, training, 2)
    assert outputs.tolist() == [[0.25, 0.75, 0]] * 2
    assert classes_of(THREE, outputs).tolist() == [1, 1]
    assert constant_outputs(NUMBER, np.array([[1.0], [4.0]], "float32"), 3).tolist() == [[2.5]] * 3
