"""A table beside a model of `lamina fit`: what of its columns, its target and the network would make answers wrong."""

from collections.abc import Iterator

import numpy as np

from lamina.diagnosis._finding import Finding
from lamina.diagnosis._report import Report

from ._columns import LEFT_OUT, NOMINAL, Column, is_missing, model_inputs
from ._errors import TableError
from ._figures import classes_of, figures_of, score_name
from ._matching import match_columns
from ._model import TableModel
from ._profile import beyond, shift_of
from ._read import as_text
from ._soundness import model_findings
from ._table import Table
from ._target import NUMBER

DOCS = "docs/diagnosis.md"
_FEW = 0.01  # share of rows beyond the range of the training rows, that is no news
_WORSE = 1.5  # times the error of the test
_FEWEST = 50  # rows with the target, from which an error says something


def check_table(model: TableModel, table: Table) -> Report:
    """What is found, most serious first: of columns that lack or changed alone, if there are such; else of values and network."""
    broken = list(_broken(model, table))
    if broken:
        return Report(broken)
    found = [finding for column in _used(model) for finding in _of_column(model, column, table)]
    return Report([*found, *_of_target(model, table), *_of_network(model, table)])


def _used(model: TableModel) -> list[Column]:
    return [c for c in model.columns or [] if c.kind != LEFT_OUT]


def _finding(rule: str, severity: str, message: str, fix: str, **evidence: object) -> Finding:
    return Finding(rule, severity, None, message, fix, evidence, DOCS)


def _broken(model: TableModel, table: Table) -> Iterator[Finding]:
    lacking = [c.name for c in _used(model) if c.name not in table.columns]
    if lacking:
        names = ", ".join(map(repr, lacking))
        yield _finding(
            "missing-columns", "error", f"The table has no column {names}, which the model was fitted on.",
            "Name the columns as in the table of the fit, or fit again without them (--drop).", columns=lacking,
        )  # fmt: skip
        return
    try:
        match_columns(model.columns or [], table, model.target.name)
    except TableError as error:
        yield _finding("changed-column", "error", str(error), "Give the column as it was in the table of the fit.")


def _of_column(model: TableModel, column: Column, table: Table) -> Iterator[Finding]:
    name, values, rows = column.name, table.columns[column.name], len(table)
    texts = as_text(values) if column.kind == NOMINAL else np.zeros(0, str)
    unseen = texts[(texts != "") & ~np.isin(texts, column.levels)]
    if len(unseen):
        shown = ", ".join(map(repr, sorted(set(unseen.tolist()))[:3]))
        yield _finding(
            "unseen-values", "warning",
            f"{len(unseen)} of {rows} rows have a {name!r} that the model does not tell apart ({shown}).",
            "Correct misspellings, or fit again with rows of these categories.", column=name, rows=len(unseen),
        )  # fmt: skip
    missing = int(is_missing(values).sum())
    if missing and not column.has_missing:
        yield _finding(
            "new-gaps", "warning", f"{missing} of {rows} rows lack {name!r}, which no training row did.",
            "Fill the gaps, or fit again with rows that have them.", column=name, rows=missing,
        )  # fmt: skip
    known = model.profile.get(name)
    is_told = len(unseen) or (missing and not column.has_missing)
    if known is None or is_told:  # a shift would follow from that
        return
    index, most = shift_of(known, column, values)
    outside = beyond(known, column, values)
    if index > most:
        yield _finding(
            "shifted-column", "warning",
            f"{name!r} is spread otherwise than in the training rows: stability index {index:.2f}, above {most:.2f}.",
            "See whether units or sources changed; if the world did, fit again with newer rows.", column=name, index=index,
        )  # fmt: skip
    elif outside > max(_FEW * rows, 2):
        yield _finding(
            "out-of-range", "warning",
            f"{outside} of {rows} rows have a {name!r} beyond the training rows' ({known['low']:g} to {known['high']:g}).",
            "See whether units changed; far outside, the answers are guesses.", column=name, rows=outside,
        )  # fmt: skip


def _has_target(model: TableModel, table: Table) -> bool:
    name = model.target.name
    return name in table.columns and not is_missing(table.columns[name]).all()


def _of_target(model: TableModel, table: Table) -> Iterator[Finding]:
    """What the target, where it is there, says of the table and of the figures that were told."""
    target = model.target
    if not _has_target(model, table):
        return
    try:
        rows = target.rows_of(table)
    except TableError as error:
        yield _finding("changed-target", "error", str(error), "Give the target as it was in the table of the fit.")
        return
    values = rows.columns[target.name]
    known = model.profile.get(target.name)
    if known is not None:
        index, most = shift_of(known, target, values)
        if index > most:
            yield _finding(
                "shifted-target", "warning",
                f"The target {target.name!r} is spread otherwise than in the training rows: stability index {index:.2f}, above "
                f"{most:.2f}.",
                "Fit again with rows like these.", index=index,
            )  # fmt: skip
    told = model.figures.get(model.summary.get("written", ""), {}).get(score_name(target))
    now = figures_of(target, target.encode(values), model.outputs(rows))[score_name(target)]
    if told is not None and len(rows) >= _FEWEST and now > _WORSE * told:
        yield _finding(
            "worse-than-tested", "warning",
            f"The {score_name(target)} on {len(rows)} rows is {now:.4g}; in the test of the fit it was {told:.4g}.",
            "See which columns changed; lamina report shows the rows that are predicted worst.", now=now, told=told,
        )  # fmt: skip


def _of_network(model: TableModel, table: Table) -> list[Finding]:
    """The rules of `lamina.diagnose` on the rows; where they have no target, the model's own answers stand in for it."""
    target = model.target
    is_known = _has_target(model, table)
    try:
        rows = target.rows_of(table) if is_known else table
    except TableError:
        return []
    inputs = model_inputs(_used(model), rows)
    if is_known:
        truth = target.encode(rows.columns[target.name])
    else:
        outputs = model.outputs(rows)
        truth = outputs if target.kind == NUMBER else target.of_places(classes_of(target, outputs))
    model.model.compile(loss=target.loss)
    return list(model_findings(model.model, inputs, truth.astype("float32")))
