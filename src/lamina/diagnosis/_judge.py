"""`judge`: all rules on one case, the cause said once."""

from collections.abc import Iterable

from . import _data_rules, _initial_rules, _label_rules, _optimizer_rules, _output_rules, _pass_rules, _structure_rules
from ._case import Case
from ._finding import Finding
from ._report import Report
from ._rule import COMPILED, DATA, PASS, Rule

FAMILIES = (
    _data_rules, _label_rules, _output_rules, _structure_rules, _initial_rules, _optimizer_rules, _pass_rules,
)  # fmt: skip
RULES: tuple[Rule, ...] = tuple(rule for family in FAMILIES for rule in family.RULES)


def judge(case: Case, ignore: Iterable[str] = ()) -> Report:
    """The findings of all rules but those ignored.

    A rule that follows from one that spoke is kept back, and of the pass forward and backward nothing is said where the
    model or the data is already known to be at fault.
    Raises ValueError for an unknown rule in `ignore`.
    """
    ignored = set(ignore)
    unknown = sorted(ignored - {rule.id for rule in RULES})
    if unknown:
        raise ValueError(
            f"diagnose: ignore names the rule {unknown[0]!r}; the rules are {[rule.id for rule in RULES]}."
        )
    rules = [rule for rule in RULES if rule.id not in ignored]
    found = _first_causes([rule for rule in rules if rule.when in (COMPILED, DATA)], case)
    if not found:
        found = _first_causes([rule for rule in rules if rule.when == PASS], case)
    return Report(found)


def _first_causes(rules: list[Rule], case: Case) -> list[Finding]:
    """What the rules say, without those that follow from others that speak."""
    by_rule = [(rule, rule.findings(case)) for rule in rules]
    spoke = {rule.id for rule, findings in by_rule if findings}
    return [finding for rule, findings in by_rule if not spoke.intersection(rule.follows) for finding in findings]
