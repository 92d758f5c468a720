"""What the table holds and how it was read."""

import numpy as np

from lamina._markup._axes import Axes, range_of
from lamina._markup._html import Markup, bullets, element, joined, paragraph, percent, rows_table

from .._columns import LEFT_OUT
from ._findings import Findings

_MOST = 300  # columns
_BARS = 20
_MOST_CLASSES = 16


def table_section(findings: Findings) -> Markup:
    """Rows, columns, the target, and notes on the reading."""
    about = findings.summary
    rows = about["rows_read"]
    said = f"{about['table']}: {rows} rows with {findings.target.name!r}, {len(about['columns']) + 1} columns."
    notes = [note for note in about["notes"] if note not in about["cautions"]]
    shown = [
        (
            c["name"], c["kind"], f"{c['missing']} ({percent(c['missing'] / rows)})" if c["missing"] else "", c["note"]
        )
        for c in about["columns"][:_MOST]
    ]  # fmt: skip
    if len(about["columns"]) > _MOST:
        shown.append(("…", f"{len(about['columns']) - _MOST} more", "", ""))
    left = sum(c["kind"] == LEFT_OUT for c in about["columns"])
    title = f"{len(about['columns'])} columns" + (f", {left} of them left out" if left else "")
    table = element(
        "details", element("summary", title), rows_table(("column", "kind", "missing", ""), shown, left=4),
        open="" if len(shown) <= 30 else None,
    )  # fmt: skip
    return joined([
        element("h2", "The table"), paragraph(said), bullets(notes), element("div", _target(findings), class_="plots"), table
    ])  # fmt: skip


def _target(findings: Findings) -> Markup | None:
    """How the target is spread over the rows that are tested."""
    name = findings.target.name
    if findings.is_number:
        values = findings.truth[:, 0].astype("float64")
        low, high = range_of(values)
        counts, edges = np.histogram(values, bins=_BARS, range=(low, high))
        axes = Axes((low, high), (0.0, counts.max() * 1.05), name, "rows", f"Distribution of {name}")
        axes.bars(edges[:-1], edges[1:], counts, "bar")
    else:
        classes = findings.target.classes
        if len(classes) > _MOST_CLASSES:
            return None
        counts = np.bincount(findings.true_classes, minlength=len(classes))
        axes = Axes(classes, (0.0, counts.max() * 1.05), name, "rows", f"Rows of each class of {name}")
        places = np.arange(len(classes))
        axes.bars(places - 0.36, places + 0.36, counts, "bar")
    return element("div", element("h3", "The target in the tested rows"), axes.render())
