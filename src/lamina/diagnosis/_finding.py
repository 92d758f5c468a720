"""`Finding`: one thing that is wrong, where, how it was seen, and what to write instead."""

from dataclasses import asdict, dataclass, field
from typing import Any

from lamina._markup._html import Markup, element
from lamina._markup._notebook import card
from lamina._public import public

SEVERITIES = ("error", "warning", "info")


@public("diagnosis.Finding")
@dataclass(frozen=True)
class Finding:
    """What a rule found.

    Attributes: `rule`, its id; `severity`, "error" (cannot learn), "warning" (learns badly) or "info"; `layer`, the path of the
    layer, None where no single one is at fault; `message`, what was seen, with the numbers; `evidence`, those numbers by name;
    `fix`, what to write instead; `docs`, the page that tells more.
    """

    rule: str
    severity: str
    layer: str | None
    message: str
    fix: str
    evidence: dict[str, Any] = field(default_factory=dict)
    docs: str = ""

    def __str__(self) -> str:
        where = f" in {self.layer}" if self.layer else ""
        return f"{self.severity}: {self.rule}{where}\n  {self.message}\n  Fix: {self.fix}"

    def _repr_html_(self) -> str:
        return card("Finding", item_of(self))

    def to_dict(self) -> dict[str, Any]:
        """The attributes by name, JSON values."""
        return asdict(self)


def item_of(finding: Finding) -> Markup:
    """The finding in a card."""
    where = [" in ", element("code", finding.layer)] if finding.layer else []
    fix = element("div", "Fix: ", element("code", finding.fix))
    head = element("b", f"{finding.severity}: {finding.rule}")
    return element("div", head, *where, element("div", finding.message), fix, class_=finding.severity)
