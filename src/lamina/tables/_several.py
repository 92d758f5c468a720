"""One table from several files with the same columns."""

import os
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from ._columns import is_missing
from ._date_orders import in_one_form, order_note, own_orders
from ._errors import TableError
from ._fetched import file_name, is_url
from ._from_texts import from_texts, is_about
from ._number_rule import NumberRule
from ._read import as_text, read_table
from ._table import Table
from ._units import may_lack

_SHOWN = 5  # files, or columns, that are named


def called(paths: Sequence[str]) -> str:
    """What several files together are called."""
    return paths[0] if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more"


def read_tables(
    paths: Sequence[str], missing: tuple[str, ...] = (), encoding: str | None = None,
    again: Callable[[Table], Table] | None = None,
) -> Table:  # fmt: skip
    """The rows of all files, one after the other, with the columns in the order of the first.

    Args:
        paths, missing, encoding: of each file as `read_table` takes them.
        again: reads what was read of a file as a model needs it.
    Raises TableError, with the file and the columns, where they do not agree; and as `read_table`.
    """
    if not paths:
        raise TableError("No table was given.")
    if list(paths).count("-") > 1:
        raise TableError("- stands for the standard input, which can be read once only.")
    tables = [read_table(path, missing, encoding) for path in paths]
    if again is not None:
        tables = [again(table) for table in tables]
    if len(tables) == 1:
        return tables[0]
    for other in tables[1:]:
        _check_same(tables[0], other)
    joined = Table(called(paths), {}, notes=[f"{t.path}: {note}" for t in tables for note in t.notes])
    joined.ordered = tables[0].ordered
    joined.unfit = {name: why for t in reversed(tables) for name, why in t.unfit.items()}
    for name in tables[0].names:
        joined.raw[name] = np.concatenate([t.raw[name] for t in tables])
        joined.columns[name] = _joined(joined, name, tables, {m.strip() for m in missing}, again is not None)
    joined.notes += [_ranges(tables), *given_twice(paths)]
    return joined


def given_twice(paths: Sequence[str]) -> list[str]:
    """A sentence for each file that was given more than once, whatever it was called."""
    counted = Counter(path if is_url(path) else os.path.realpath(path) for path in paths)
    twice = [(file_name(path), count) for path, count in counted.items() if count > 1]
    return [f"{name} is given {count} times, and its rows are taken so often." for name, count in twice]


def _check_same(first: Table, other: Table) -> None:
    check_same_names(first.path, first.names, other.path, other.names)
    for name in first.names:
        if first.ordered.get(name) != other.ordered.get(name):
            raise TableError(
                f"{other.path}: the levels of column {name!r}, or their order, are not those of {first.path}."
            )


def check_same_names(path: str, names: list[str], other: str, others: list[str]) -> None:
    """Raises TableError if the file `other` has not the columns of the file `path`."""
    lacks = [name for name in names if name not in others]
    more = [name for name in others if name not in names]
    if lacks or more:
        said = [f"lacks {_named(lacks)}"] * bool(lacks) + [f"has {_named(more)} besides"] * bool(more)
        raise TableError(f"{other}: {' and '.join(said)}; the columns must be those of {path}.")


def _joined(joined: Table, name: str, tables: list[Table], words: set[str], is_as_fitted: bool) -> np.ndarray:
    """A column of all tables; where they hold different kinds of values, read anew from their texts together.

    Numbers that were read as those of a fit mean the same already.
    """
    known = [t for t in tables if not is_missing(t.columns[name]).all()] or tables
    kinds = {(t.columns[name].dtype.kind == "f", name in t.dates) for t in known}
    if len(kinds) > 1:
        return _read_together(joined, name, known, words)
    is_number, is_date = kinds.pop()
    if is_date:
        joined.dates.add(name)
        return _joined_dates(joined, name, tables, known, is_as_fitted)
    if is_number:
        rules = {t.path: t.rules[name] for t in known if name in t.rules}
        if rules and not is_as_fitted and not _agree(name, rules):
            return _read_together(joined, name, known, words)
        if rules:
            joined.rules[name] = _joined_rule(list(rules.values()))
            if not is_as_fitted:
                joined.notes += _notes_on_units(name, rules)
        return np.concatenate([t.columns[name] if t in known else np.full(len(t), np.nan) for t in tables])
    return np.concatenate([as_text(t.columns[name]) for t in tables])


def _joined_dates(joined: Table, name: str, tables: list[Table], known: list[Table], is_as_fitted: bool) -> np.ndarray:
    """The dates of all files; in one form where each has its own order of year, month and day."""
    texts = [as_text(t.columns[name]) for t in known]
    orders = own_orders([part[part != ""] for part in texts], is_as_fitted)
    if orders is not None:
        texts = [in_one_form(part, order) for part, order in zip(texts, orders)]
        joined.notes.append(order_note(name, [t.path for t in known], orders))
    of_file = iter(texts)
    return np.concatenate([next(of_file) if t in known else as_text(t.columns[name]) for t in tables])


def _agree(name: str, rules: dict[str, NumberRule]) -> bool:
    """Whether numbers mean the same in all files: k, M, ..., and those without a unit. Raises TableError for different units."""
    factors = {factor for rule in rules.values() for factor in rule.factors}
    units = {path: set(rule.seen) - factors - {""} for path, rule in rules.items()}
    of_first = next(((path, held) for path, held in units.items() if held), None)
    for path, held in units.items():
        if of_first is not None and held and not held & of_first[1]:
            first, here = min(of_first[1]), min(held)
            raise TableError(
                f"{path}: column {name!r} is in {here!r}, in {of_first[0]} in {first!r}; it must be in one unit."
            )
    seen = {unit for rule in rules.values() for unit in rule.seen}
    is_clear = all(set(rule.seen) == seen for rule in rules.values()) or all(map(may_lack, seen))
    return is_clear and len({(rule.times, *sorted(rule.factors)) for rule in rules.values()}) == 1


def _notes_on_units(name: str, rules: dict[str, NumberRule]) -> list[str]:
    """A sentence if some files have a unit that others lack."""
    dressed = next(((path, unit) for path, rule in rules.items() for unit in rule.seen if unit), None)
    bare = next((path for path, rule in rules.items() if set(rule.seen) == {""}), None)
    if dressed is None or bare is None:
        return []
    path, unit = dressed
    return [f"Column {name!r} is in {unit!r} in {path}, without a unit in {bare}; taken as the same."]


def _joined_rule(rules: list[NumberRule]) -> NumberRule:
    """What all files say of the numbers of a column; of the comma nothing where they differ."""
    told = {rule.comma for rule in rules if rule.is_told}
    factors = {factor: size for rule in rules for factor, size in rule.factors.items()}
    taken = [rule.units for rule in rules if rule.units is not None]
    units = tuple(sorted({unit for held in taken for unit in held})) if len(taken) == len(rules) else None
    seen = tuple(sorted({unit for rule in rules for unit in rule.seen}))
    decimals, groups = (
        len(told) == 1 and any(found) for found in zip(*((r.has_decimals, r.has_groups) for r in rules))
    )
    low, high = min(rule.low for rule in rules), max(rule.high for rule in rules)
    three = max(rule.three for rule in rules)
    times = all(rule.times for rule in rules)
    lacking = tuple(sorted({word for rule in rules for word in rule.lacking}))
    return NumberRule(told == {True}, factors, units, seen, decimals, groups, three, low, high, times, lacking)


def _read_together(joined: Table, name: str, known: list[Table], words: set[str]) -> np.ndarray:
    joined.notes = [note for note in joined.notes if not is_about(note, name)]
    values = from_texts(joined, name, as_text(joined.raw[name], words), all(table.comma for table in known))
    by_kind: dict[str, str] = {}
    for table in known:
        what = "dates" if name in table.dates else "numbers" if table.columns[name].dtype.kind == "f" else "texts"
        by_kind.setdefault(what, table.path)
    held = ", ".join(f"{what} in {path}" for what, path in by_kind.items())
    taken = "dates" if name in joined.dates else "numbers" if values.dtype.kind == "f" else "texts"
    if len(by_kind) == 1:
        held = f"numbers with and without a unit, or k, M, ..., in {called([table.path for table in known])}"
    joined.notes.append(f"Column {name!r} holds {held}; all of it is taken as {taken}.")
    return values


def _ranges(tables: list[Table]) -> str:
    ends = np.cumsum([len(t) for t in tables]).tolist()
    said = [f"{end - len(t) + 1} to {end} are of {file_name(t.path)}" for t, end in zip(tables[:_SHOWN], ends)]
    return f"{len(tables)} files, one after the other: rows {', '.join(said)}{', ...' * (len(tables) > _SHOWN)}."


def _named(names: list[str]) -> str:
    what = "the column" if len(names) == 1 else "the columns"
    return f"{what} {', '.join(map(repr, names[:_SHOWN]))}{', ...' * (len(names) > _SHOWN)}"
