"""Each rule speaks of its faulty program and is silent about its healthy one."""

import importlib
import pathlib
import warnings

import numpy as np
import pytest

import lamina
from lamina import config, layers
from lamina.diagnosis._judge import RULES


def diagnosed(program, **options):
    lamina.utils.set_random_seed(0)
    names = {"lamina": lamina, "layers": layers, "np": np}
    exec(program, names)
    if "fit" in names:
        return fitted(names, **options)
    return lamina.diagnose(names["model"], names["x"], names["y"], **names.get("options", {}), **options)


def fitted(names, ignore=()):
    """What is said while a program trains."""
    config.set_diagnosis("off", ignore)  # `fit` below is asked by itself
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        names["model"].fit(names["x"], names["y"], verbose=0, diagnose="warn", **names["fit"])
    return [w.message.finding for w in caught if isinstance(w.message, lamina.diagnosis.DiagnosisWarning)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_names_its_fault_alone(rule):
    report = diagnosed(rule.faulty)
    assert [f.rule for f in report] == [rule.id], report
    assert report[0].severity == rule.severity


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_nothing_is_said_of_a_healthy_program(rule):
    assert not diagnosed(rule.healthy)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_can_be_ignored(rule):
    assert rule.id not in [f.rule for f in diagnosed(rule.faulty, ignore=[rule.id])]


def test_rules_have_ids_of_their_own_and_follow_known_ones():
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert {cause for rule in RULES for cause in rule.follows} <= set(ids)


def test_the_page_of_the_rules_is_up_to_date(monkeypatch):
    monkeypatch.syspath_prepend(str(pathlib.Path(__file__).parents[2] / "scripts"))
    writer = importlib.import_module("make_rules_page")
    page = writer.PAGE.read_text()
    assert page == writer.render(page), "run python scripts/make_rules_page.py"
    assert all(f"\n### {rule.id}\n" in page for rule in RULES)
