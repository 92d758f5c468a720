"""`Explanation`: the arithmetic of a model for one input, as text, HTML or rows of a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lamina._markup._html import Markup, element, number, rows_table
from lamina._markup._notebook import card

FORWARD, LOSS, BACKWARD = "forward", "loss", "backward"


@dataclass(frozen=True)
class Line:
    """One number and how it comes about.

    Attributes: `what` it is; `formula`, with the numbers filled in; `value`.
    """

    what: str
    formula: str
    value: float

    def __str__(self) -> str:
        value = f"{self.value + 0.0:.4g}"  # no -0
        formula = f"{self.formula} = " if self.formula.strip("()") not in ("", value) else ""
        return f"{self.what} = {formula}{value}"


@dataclass(frozen=True)
class Section:
    """What happens in one call of a layer.

    Attributes: `direction`, "forward", "loss" or "backward"; `layer`, its name; `title`; `lines`; `left_out`, how many more
    there are.
    """

    direction: str
    layer: str
    title: str
    lines: tuple[Line, ...]
    left_out: int = 0

    def __str__(self) -> str:
        more = [f"  ... and {self.left_out} more"] if self.left_out else []
        return "\n".join([f"{self.direction}: {self.title}", *(f"  {line}" for line in self.lines), *more])


class Explanation:
    """What `model.explain` found; as a string, the arithmetic line by line.

    Attributes:
        sections: what happens in each layer, in the order in which it is computed: `direction`, `layer`, `title`, `lines`
            (each with `what`, `formula`, `value`) and `left_out`, the number of lines that `most` left out.
        rows: the lines of all as dicts, for `pandas.DataFrame(explanation.rows)`.
        outputs: what the model gives, as `predict` gives it.
        loss: a float, None if no `y` was given.
    """

    def __init__(self, sections: Sequence[Section], outputs: Any, loss: float | None = None):
        self.sections, self.outputs, self.loss = list(sections), outputs, loss

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {"direction": s.direction, "layer": s.layer, "what": n.what, "formula": n.formula, "value": n.value}
            for s in self.sections
            for n in s.lines
        ]

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sections))

    def __repr__(self) -> str:
        loss = "" if self.loss is None else f", loss {self.loss:.4g}"
        return f"<Explanation of {len(self.rows)} numbers{loss}; print it, or see its rows>"

    def _repr_html_(self) -> str:
        said = "" if self.loss is None else f"loss {number(self.loss)}"
        return card("Explanation", *map(_table, self.sections), said=said)


def _table(section: Section) -> Markup:
    rows = [(line.what, element("td", element("code", line.formula)), number(line.value)) for line in section.lines]
    more = element("div", f"... and {section.left_out} more", class_="soft") if section.left_out else None
    head = element("b", f"{section.direction}: {section.title}")
    return element("div", head, rows_table(["", "", ""], rows, left=2), more)
