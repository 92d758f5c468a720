"""`Report`: the findings about a model, most serious first."""

import json
from collections.abc import Iterable
from typing import Any

from lamina._markup._notebook import card
from lamina._public import public

from ._finding import SEVERITIES, Finding, item_of


@public("diagnosis.Report")
class Report(list[Finding]):
    """A list of findings that prints readably.

    Args:
        findings: in the order of causes; the report puts the most serious first.
    """

    def __init__(self, findings: Iterable[Finding] = ()):
        super().__init__(sorted(findings, key=lambda f: SEVERITIES.index(f.severity)))

    def __str__(self) -> str:
        if not self:
            return "Nothing found."
        title = "1 finding" if len(self) == 1 else f"{len(self)} findings"
        return "\n\n".join([title, *map(str, self)])

    def to_dict(self) -> dict[str, Any]:
        """`{"findings": [...]}`, each as `Finding.to_dict` gives it."""
        return {"findings": [finding.to_dict() for finding in self]}

    def to_json(self, indent: int | None = 2) -> str:
        """`to_dict` as JSON text."""
        return json.dumps(self.to_dict(), indent=indent)

    def _repr_html_(self) -> str:
        if not self:
            return card("Diagnosis", said="Nothing found.")
        return card("Diagnosis", *map(item_of, self), said="1 finding" if len(self) == 1 else f"{len(self)} findings")
