"""`Rule`: what is looked for, when it can be known, and why."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ._case import Case
from ._course import Course
from ._finding import Finding

# When a rule can be known: from the model and its compilation; when training begins, as weights and step size may still be set
# after that; from the data; from one pass forward and backward.
# And while it is trained.
COMPILED, START, DATA, PASS, COURSE = "compiled", "start", "data", "pass", "course"


@dataclass(frozen=True)
class Seen:
    """What a check saw at one place: the path of the layer, the sentence with the numbers, the numbers, and the fix."""

    layer: str | None
    message: str
    fix: str
    evidence: dict[str, Any]


def seen(layer: str | None, message: str, fix: str, **evidence: Any) -> Seen:
    """A `Seen`; the numbers of the evidence by name."""
    return Seen(layer, message, fix, evidence)


@dataclass(frozen=True)
class Rule:
    """One kind of fault.

    Attributes: `id`; `when`, "compiled", "start", "data" or "pass"; `severity`; `criterion`, in words; `check`, a function from
    a `Case` to what it saw; `source`, where the fault is known from; `faulty` and `healthy`, programs that it must speak of and
    be silent about: they see `lamina`, `layers` and `np`, and leave `model`, `x`, `y`, and perhaps `options` of `diagnose`;
    `follows`, the rules whose fault brings this one's symptom with it, so that it is kept back where they speak.
    """

    id: str
    when: str
    severity: str
    criterion: str
    check: Callable[[Any], Iterator[Seen]]  # of a Case, or of a Course
    source: str
    faulty: str
    healthy: str
    follows: tuple[str, ...] = ()

    def findings(self, case: Case | Course) -> list[Finding]:
        """What the rule says of a case."""
        return [
            Finding(self.id, self.severity, s.layer, s.message, s.fix, s.evidence, f"docs/diagnosis.md#{self.id}")
            for s in self.check(case)
        ]
