"""The rows that the model predicts worst: mistakes in the table are often among them."""

import numpy as np

from lamina._markup._axes import cut
from lamina._markup._html import Markup, element, joined, number, paragraph, rows_table

from .._rounds import losses_of
from ._findings import Findings

_ROWS = 10
_COLUMNS = 6
_NAME = 30


def worst_section(findings: Findings) -> Markup:
    """The rows of the largest losses, with their number in the table, and their most important values."""
    losses = losses_of(findings.target, findings.outputs, findings.truth)
    numbers = np.concatenate([t.table.row_numbers for t in findings.trials])
    origin = [(t, i) for t in findings.trials for i in range(len(t.table))]
    columns = findings.importance.columns[:_COLUMNS]
    rows = []
    for i in np.argsort(-losses, kind="stable")[:_ROWS]:
        trial, place = origin[i]
        raw = trial.table.raw or trial.table.columns
        values = (cut(str(raw[name][place]), _NAME) for name in columns)
        rows.append((numbers[i], *_truth_and_answer(findings, i), *values))
    last = "off by" if findings.is_number else "probability of the true one"
    table = rows_table(("row", "true", "predicted", last, *columns), rows, left=0 if findings.is_number else 3)
    said = "Mistakes in the table, and kinds of rows that the columns do not tell apart, are often among them. Rows count from 1."
    return joined([element("h2", "Rows predicted worst"), paragraph(said, kind="soft"), table])


def _truth_and_answer(findings: Findings, i: int) -> tuple[str, str, str]:
    if findings.is_number:
        truth, given = float(findings.truth[i, 0]), float(findings.outputs[i, 0])
        return number(truth), number(given), f"{truth - given:+.4g}"
    true, names = findings.true_classes[i], findings.target.classes
    return cut(names[true], _NAME), cut(names[findings.predicted_classes[i]], _NAME), number(findings.shares[i, true])
