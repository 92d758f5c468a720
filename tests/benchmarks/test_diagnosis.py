"""The programs of the diagnosis benchmark can be built, and its fixes are applied as the findings say."""

import importlib
import pathlib
import types

import numpy as np
import pytest

import lamina

FOLDER = pathlib.Path(__file__).parents[2] / "benchmarks" / "diagnosis"


@pytest.fixture(autouse=True)
def quiet():
    lamina.config.set_diagnosis("off")
    yield
    lamina.config.set_diagnosis("warn")


@pytest.fixture
def load(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module


def test_there_are_as_many_programs_as_the_figures_say(load):
    assert len(load("reported").PROGRAMS) >= 100
    assert len(load("unusual").PROGRAMS) >= 80
    for module in ("reported", "unusual"):
        programs = load(module)
        dealt = [name for part in ("tuning", "final") for name, *_ in programs.programs(part)]
        assert sorted(dealt) == sorted(name for name, *_ in programs.PROGRAMS)


def test_every_reported_program_can_be_compiled(load):
    for _, _, placed, function in load("reported").PROGRAMS:
        setup = function()
        setup.compiled()
        assert not placed or not hasattr(setup.model, "_functional") or any(x.name == "at" for x in setup.model.layers)


def test_every_rule_named_is_one(load):
    from lamina.diagnosis._judge import RULES

    known = {rule.id for rule in RULES}
    assert {rule for _, rules, *_ in load("reported").PROGRAMS for rule in rules} <= known
    assert set(load("programs").FAULTS) <= known


@pytest.mark.parametrize(
    "name",
    ["softmax_as_a_layer_over_one_unit", "categories_from_one", "no_flatten_before_the_last_layers", "a_unit_too_few",
     "weights_of_one_value", "gaps_of_a_table", "subclassed_without_softmax", "likeness_to_be_made_small"],
)  # fmt: skip
def test_a_fix_lets_the_network_train(load, name):
    measure, mend = load("measure"), load("mend")
    rules, function = next((rules, f) for n, rules, _, f in load("reported").PROGRAMS if n == name)
    program = measure.Faulty(name, function, rules, None)
    assert measure.judge(program, lambda *_: None)[0]
    mended = mend.mended(measure.made(function), program.found[0])
    before, after = mend.skill(measure.made(function)), mend.skill(mended)
    assert after > max(0.5, before)


def test_a_text_that_says_nothing_to_do_is_not_applied(load):
    setup = load("reported").PROGRAMS[0][-1]()
    finding = types.SimpleNamespace(rule="x", layer=None, fix="look at what is computed there.", evidence={})
    assert load("mend").mended(setup, finding) is None


def test_skill_is_what_a_constant_does_not_know(load):
    skill = load("mend")._skill
    y = np.array([0, 0, 0, 1])
    assert skill(np.array([[0.1], [0.2], [0.3], [0.9]]), y, None) == 1
    assert skill(np.zeros((4, 1)), y, None) == 0
    assert skill(np.eye(4)[[0, 0, 0, 1]], y, None) == 1
    assert skill(np.full((4, 1), 2.5), np.array([1.0, 2, 3, 4]), None) == 0
    assert skill(np.full((4, 1), np.nan), y, None) == 0
