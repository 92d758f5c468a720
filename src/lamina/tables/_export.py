"""A model for tables as something to export: the network, and what it expects of a table."""

import dataclasses
from typing import Any

from lamina import tree
from lamina.export._exported import Exported, exported_model
from lamina.export._table import DATES, LEVELS, NUMBERS, WORDS, TablePart

from ._columns import DATE, NUMERIC, ORDINAL, Column
from ._dates import days_of
from ._numbers import MISSING
from ._target import NUMBER, Target

_KINDS = {NUMERIC: NUMBERS, DATE: DATES, ORDINAL: LEVELS}


def exported_table(model: Any, columns: list[Column], target: Target, missing: tuple[str, ...]) -> Exported:
    """The model, which takes a dict of raw columns, and what is known of the table."""
    by_name = {c.name: c for c in columns}
    exported = exported_model(model)
    names = tree.flatten({name: name for name in exported.ends.structure})
    part = TablePart(
        [(name, _KINDS.get(by_name[name].kind, WORDS)) for name in names],
        {name: by_name[name].levels for name in names if by_name[name].kind == ORDINAL},
        {name: by_name[name].style for name in names if by_name[name].kind == DATE},
        target.name,
        [] if target.kind == NUMBER else target.classes,
        target.threshold,
        target.weights,
        sorted({*MISSING, *(m.strip().casefold() for m in missing)}),
        days_of,
    )
    return dataclasses.replace(exported, table=part)
