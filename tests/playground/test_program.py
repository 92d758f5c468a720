"""The program that the page shows does what the page does."""

import warnings

import numpy as np
import pytest

import lamina
from lamina.diagnosis import DiagnosisWarning
from lamina.playground._classroom import begun
from lamina.playground._plan import CSV, Plan
from lamina.playground._points import MAKERS
from lamina.playground._program import program_of
from lamina.playground._table_material import table_at


def run(program, monkeypatch):
    """The names that it leaves, and the weights with which its training began."""
    first = {}
    fit = lamina.Sequential.fit

    def spied(model, *args, **kwargs):
        first["weights"] = model.get_weights()
        return fit(model, *args, **(kwargs | {"verbose": 0}))

    monkeypatch.setattr(lamina.Sequential, "fit", spied)
    names = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DiagnosisWarning)  # the page shows them beside the program
        exec(compile(program, "program.py", "exec"), names)
    return names, first["weights"]


def check(lesson, program, monkeypatch):
    names, weights = run(program, monkeypatch)
    np.testing.assert_allclose(names["x"], lesson.material.x, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(names["y"], lesson.material.y, rtol=1e-5, atol=1e-6)
    assert names["n"] == lesson.material.trained
    for mine, other in zip(weights, lesson.model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)
    assert names["model"].optimizer.get_config() | {"name": ""} == lesson.model.optimizer.get_config() | {"name": ""}
    return names["model"]


@pytest.mark.parametrize("data", MAKERS)
def test_the_program_has_the_same_points_network_and_optimizer(data, monkeypatch):
    plan = Plan(data=data, noise=0.1, penalty="l1", penalty_rate=0.01, optimizer="momentum", learning_rate=0.001)
    lesson = begun(plan, None)
    model = check(lesson, program_of(plan, lesson.material, 1, ""), monkeypatch)
    assert [type(layer.kernel_regularizer).__name__ for layer in model.layers] == ["L1"] * 3


@pytest.mark.parametrize("target", ["", "b"])
def test_the_program_of_a_table_reads_it(target, tmp_path, monkeypatch):
    pytest.importorskip("pandas")
    path = tmp_path / "table.csv"
    rows = [f"{i},{i * i / 7},{'no' if i % 3 else 'yes'}" for i in range(40)]
    path.write_text("\n".join(["a,b,c", *rows, "4,,no"]))
    plan = Plan(data=CSV, target=target, optimizer="rmsprop")
    lesson = begun(plan, table_at(str(path)))
    check(lesson, program_of(plan, lesson.material, 1, str(path)), monkeypatch)
