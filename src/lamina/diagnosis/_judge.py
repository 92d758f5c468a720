"""`judge`: all rules on one case, the cause said once."""

import functools
from collections.abc import Collection, Iterable
from dataclasses import replace

import numpy as np

from . import (
    _average_rules,
    _bin_rules,
    _course_rules,
    _data_rules,
    _dependence_rules,
    _flow_rules,
    _initial_rules,
    _label_rules,
    _limit_rules,
    _linear_rules,
    _logit_rules,
    _loss_option_rules,
    _loss_rules,
    _metric_rules,
    _monitor_rules,
    _optimizer_rules,
    _order_rules,
    _output_rules,
    _own_loss_rules,
    _pass_rules,
    _probability_rules,
    _regularizer_rules,
    _scale_rules,
    _shape_rules,
    _structure_rules,
    _swap_rules,
    _token_rules,
    _weight_rules,
)  # fmt: skip
from ._case import Case
from ._course import Course
from ._finding import Finding
from ._report import Report
from ._rule import COMPILED, COURSE, DATA, PASS, START, Rule

FAMILIES = (
    _swap_rules, _data_rules, _scale_rules, _label_rules, _order_rules, _probability_rules, _logit_rules, _output_rules,
    _shape_rules, _linear_rules, _structure_rules, _regularizer_rules, _limit_rules, _token_rules, _bin_rules, _initial_rules,
    _optimizer_rules, _loss_rules, _loss_option_rules, _own_loss_rules, _weight_rules, _metric_rules, _dependence_rules,
    _pass_rules, _course_rules, _monitor_rules, _flow_rules, _average_rules,
)  # fmt: skip
RULES: tuple[Rule, ...] = tuple(rule for family in FAMILIES for rule in family.RULES)
_OF_RATE = ("learning-rate-high", "learning-rate-negative", "weight-decay-large")
_OF_DATA = {rule.id for rule in RULES if rule.when == DATA}
# Of what is measured, not of what is learned: no cause of how a training goes.
_OF_MEASURES = {
    "accuracy-for-regression", "metric-mismatch", "validation-leak", "validation-split-sorted", "validation-single-class",
}  # fmt: skip


def judge(case: Case, ignore: Iterable[str] = (), said: Collection[str] = ()) -> Report:
    """The findings of all rules but those ignored.

    A rule that follows from one that spoke, now or before (`said`), is kept back, and of the pass forward and backward nothing
    is said where the model or the data is already known to be at fault.
    Raises ValueError for an unknown rule in `ignore`.
    """
    found = _first_causes(_rules(frozenset(ignore), (COMPILED, START, DATA)), case, said)
    if {*said, *(finding.rule for finding in found)} <= _OF_MEASURES:
        found += _first_causes(_rules(frozenset(ignore), (PASS,)), case)
    return Report(found)


def judge_compiled(case: Case, ignore: Iterable[str] = ()) -> Report:
    """What can be said before there is data, without the rules whose cause the data may show."""
    rules = _rules(frozenset(ignore), (COMPILED,))
    later = _OF_DATA if len(case.heads) > 1 else _OF_DATA - {"outputs-swapped"}
    return Report(_first_causes([rule for rule in rules if not later.intersection(rule.follows)], case))


def judge_rate(case: Case, ignore: Iterable[str] = ()) -> Report:
    """What can be said of a step size that a callback has set for the first epoch. Later ones may be there to find the limit."""
    rules = [rule for rule in _rules(frozenset(ignore), (START,)) if rule.id in _OF_RATE]
    return Report(_first_causes(rules, case))


def judge_course(course: Course, ignore: Iterable[str] = (), said: Collection[str] = ()) -> Report:
    """What can be said of how a training went. Of causes that were told before (`said`) nothing more is said."""
    rules = _rules(frozenset(ignore), (COURSE,))
    said = set(said) - _OF_MEASURES
    if said:  # how it goes follows from that; only that it came to an end is said, if it need not
        rules = [rule for rule in rules if rule.id == "non-finite-loss"]
    if not said and course.is_stuck() and course.case is not None:
        found = _first_causes(_rules(frozenset(ignore), (PASS,)), course.case)
        if found:
            return Report([_later(finding, course.steps[-1]) for finding in found])
    return Report(_first_causes(rules, course, said))


def _later(finding: Finding, steps: int) -> Finding:
    """What a pass found after some steps and not before them: these may have brought it about."""
    fix = f"a learning rate 10 times smaller, as it was not so before training; or {finding.fix}"
    return replace(finding, message=f"After {steps} steps: {finding.message}", fix=fix)


@functools.cache
def _rules(ignored: frozenset[str], when: tuple[str, ...]) -> list[Rule]:
    """Those that can be known at some times, but for those ignored."""
    unknown = sorted(ignored - {rule.id for rule in RULES})
    if unknown:
        raise ValueError(
            f"diagnose: ignore names the rule {unknown[0]!r}; the rules are {[rule.id for rule in RULES]}."
        )
    return [rule for rule in RULES if rule.when in when and rule.id not in ignored]


def _first_causes(rules: list[Rule], case: Case | Course, said: Collection[str] = ()) -> list[Finding]:
    """What the rules say, without those that follow from others that speak."""
    with np.errstate(all="ignore"):  # the numbers are looked at as they are
        by_rule = [(rule, rule.findings(case)) for rule in rules]
    spoke = {rule.id for rule, findings in by_rule if findings} | set(said)
    return [finding for rule, findings in by_rule if not spoke.intersection(rule.follows) for finding in findings]
