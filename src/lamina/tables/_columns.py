"""What kind of thing each column holds, and what the training rows say about it."""

import re
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from lamina import layers

from ._dates import at_local_time, cycles_of, days_of, local_time_of, order_of, other_order, tails_of, zones_beside
from ._errors import TableError, close_names
from ._from_texts import why_no_dates
from ._number_rule import NumberRule, rule_of_json
from ._numbers import why_no_numbers
from ._read import as_text
from ._table import Table

NUMERIC, NOMINAL, ORDINAL, TEXT, DATE, LEFT_OUT = "numeric", "nominal", "ordinal", "text", "date", "left out"
MOST_WORDS = 2000  # of a text column, those in most rows
MOST_LEVELS = (
    1000  # of a nominal column, as one-hot vectors; more are embedded, to the linear model the rarer ones are unseen
)
_FEW = 9  # so many different texts are categories, however short the table
_SMALLEST_SPREAD, _LARGEST = 1e-6, 1e18  # what standardising in float32 can tell and hold
_WIDTH = 64  # letters; texts that come in pieces are as wide as a multiple of it
_DAY_0 = np.datetime64("1970-01-01")
_SENTINELS = (-1.0, -9.0, -99.0, -999.0, -9999.0, -99999.0)
_NINES = (99.0, 999.0, 9999.0, 99999.0)
_FEW_SWAPPED = 2  # dates in the other order are mistakes; with more, those that fit both cannot be told
_TELLING = 0.02  # of the rows; as many that hold the one value of a column, and that lack it, tell something
_FAR = 3  # times as large as all others


@dataclass
class Column:
    """One column of the table.

    Attributes:
        name, kind: its name; "numeric", "nominal", "ordinal", "text", "date" or "left out".
        note: why it is left out, or what to know about it.
        missing: how many rows lack it, in the whole table.
        has_missing: whether rows of the training part lack it.
        levels: categories, in the order of their indices, or the given order of an ordinal column, or the words of a text,
            or the cycles (week, year, day) that dates run through.
        weights: how rare each word is.
        median: what replaces a missing number (for ordinal columns the place of a level, from 1).
        mean, variance: of the training rows, after that.
        spread: between the quartiles of the training rows, or half their range where the quartiles are equal.
        many: of categories, whether there are so many that the network embeds them.
        style: of dates, whether the year, the day or the month stands first.
        rule: of numbers that were texts, how they were read.
    """

    name: str
    kind: str
    note: str = ""
    missing: int = 0
    has_missing: bool = False
    levels: list[str] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    median: float = 0.0
    mean: float = 0.0
    variance: float = 1.0
    spread: float = 1.0
    style: str = ""
    many: bool = False
    rule: NumberRule | None = None

    def __post_init__(self) -> None:
        if isinstance(self.rule, dict):  # of a file
            self.rule = rule_of_json(self.rule)

    def to_json(self) -> dict[str, Any]:
        """The column as JSON values, for `Column(**values)`."""
        return asdict(self)


def describe_columns(table: Table, target: str, ordinal: dict[str, list[str]], dropped: list[str]) -> list[Column]:
    """The kind of each column but the target. Raises TableError for unknown names, levels and infinite numbers."""
    for name in (*ordinal, *dropped):
        if name not in table.columns:
            raise TableError(f"{table.path}: there is no column {name!r}.{close_names(name, table.names)}")
    if target in ordinal or target in dropped:
        raise TableError(f"--target {target}: the target cannot be given to --ordinal or --drop too.")
    columns = []
    for name, values in table.columns.items():
        if name == target:
            continue
        missing = int(is_missing(values).sum())
        if name in dropped:
            columns.append(Column(name, LEFT_OUT, "dropped, as you asked", missing))
        elif name in ordinal or name in table.ordered:
            levels = ordinal.get(name) or table.ordered[name]
            check_levels(table, name, values, levels)
            columns.append(Column(name, ORDINAL, " < ".join(levels), missing, levels=levels))
        else:
            columns.append(_describe(table, name, values, missing))
    return columns


def is_missing(values: np.ndarray) -> np.ndarray:
    """Which entries are missing."""
    return np.isnan(values) if values.dtype.kind == "f" else values == ""


def no_number(values: np.ndarray) -> str:
    """The first text that is no number; the first of all if each could be one."""
    texts = [text for text in as_text(values).tolist() if text]
    return next((text for text in texts if np.isnan(NumberRule().value(text))), texts[0])


def check_finite(table: Table, name: str, values: np.ndarray) -> None:
    """Raises TableError, with the row, if a number is infinite."""
    if values.dtype.kind != "f":
        return
    bad = np.flatnonzero(np.isinf(values))
    if len(bad):
        raise TableError(
            f"{table.path}: column {name!r} holds {len(bad)} number(s) that are not finite, the first in row "
            f"{table.row_numbers[bad[0]]}. "
            "Correct them, leave them empty if they are missing, or leave the column out with --drop."
        )


def check_levels(table: Table, name: str, values: np.ndarray, levels: list[str]) -> None:
    """Raises TableError if an ordinal column holds a level that was not named."""
    text = as_text(values)
    bad = np.flatnonzero((text != "") & ~np.isin(text, levels))
    if len(bad):
        raise TableError(
            f"{table.path}: column {name!r} holds {str(text[bad[0]])!r} in row {table.row_numbers[bad[0]]}, which is none of "
            f"its levels {', '.join(levels)}."
        )


def _describe(table: Table, name: str, values: np.ndarray, missing: int) -> Column:
    check_finite(table, name, values)
    known = values[~is_missing(values)]
    if not len(known):
        return Column(name, LEFT_OUT, "holds nothing", missing)
    distinct = len(np.unique(known))
    if distinct == 1:
        only = as_text(known[:1])[0]
        if min(missing, len(known)) >= _TELLING * len(values) and min(missing, len(known)) > 1:
            return Column(name, NOMINAL, f"{only} or nothing, which stands in {missing / len(values):.0%}", missing)
        return Column(name, LEFT_OUT, f"the same everywhere: {only}", missing)
    if name in table.dates:
        return _describe_dates(name, known, missing)
    if values.dtype.kind == "f":
        if _is_numbering(name, known, distinct):
            return Column(name, LEFT_OUT, "numbers the rows, an identifier", missing)
        if not np.abs(known).max() < _LARGEST or not known.std() > _SMALLEST_SPREAD:
            return Column(name, LEFT_OUT, "too small or large for single precision; give it in other units", missing)
        return Column(name, NUMERIC, sentinel_note(known), missing, rule=table.rules.get(name))
    if distinct > max(len(known) / 2, _FEW):
        words = float(np.mean([len(v.split()) for v in known]))
        if words >= 3:
            return Column(name, TEXT, f"free text, {distinct} different ones; its words are counted", missing)
        what = why_no_numbers(known.tolist()) or why_no_dates(known.tolist()) or "like a name or identifier"
        return Column(name, LEFT_OUT, f"{what}, {distinct} different ones", missing)
    note, many = f"{distinct} categories", distinct > MOST_LEVELS
    if many:
        kept = sum(n for _, n in Counter(known.tolist()).most_common(MOST_LEVELS))
        note += (
            f", embedded; the linear model tells the {MOST_LEVELS} most frequent apart, {1 - kept / len(known):.0%} of the rows "
            "hold another"
        )
    return Column(name, NOMINAL, note, missing, many=many)


def _describe_dates(name: str, known: np.ndarray, missing: int) -> Column:
    order, doubt = order_of(known)
    style = at_local_time(order, known)
    days = days_of(known, style)
    odd = known[np.isnan(days)]
    if len(odd) == len(known):
        return Column(name, LEFT_OUT, f"like dates, but none can be read: {odd[0]}", missing)
    swapped = odd[~np.isnan(days_of(odd, other_order(style)))] if len(odd) else odd
    if len(swapped) > max(_FEW_SWAPPED, 0.01 * len(known)):
        clear = known[~np.isnan(days) & np.isnan(days_of(known, other_order(style)))]
        both = ", ".join(repr(str(part[0])) for part in (clear, swapped) if len(part))
        return Column(name, LEFT_OUT, f"dates with the day first and with the month first, both ({both})", missing)
    first, last = (_DAY_0 + np.timedelta64(int(np.floor(d)), "D") for d in (np.nanmin(days), np.nanmax(days)))
    note = f"{first} to {last}"
    if len(odd):
        note += f"; {len(odd)} cannot be read ({odd[0]}), taken as missing"
    tails = tails_of(known[~np.isnan(days)])
    if tails:
        note += f"; what follows them in {tails.total()} rows is not used ({max(tails, key=lambda t: tails[t])!r})"
    zones = zones_beside(style, known)
    if zones:
        note += f"; in UTC, not in the zones of the table ({', '.join(zones[:3])}{', ...' * (len(zones) > 3)})"
    elif style != order:
        note += f"; in the local time of {local_time_of(style)}"
    return Column(name, DATE, f"{note}; {doubt}" if doubt else note, missing + len(odd), style=style)


def _is_numbering(name: str, known: np.ndarray, distinct: int) -> bool:
    if distinct < len(known) or not (known == np.round(known)).all():
        return False
    consecutive = len(known) > 2 and known.max() - known.min() == len(known) - 1
    named = re.search(r"(^|[_\s])(id|idx|index|key|no|nr|number)$|^unnamed:", name.casefold()) or name.endswith("Id")
    in_order = (np.diff(known) > 0).all() or (np.diff(known) < 0).all()
    return bool((consecutive and in_order) or (named and len(known) > 2))


def sentinel_note(known: np.ndarray) -> str:
    """A word about a number apart from the others that looks like a code for "missing"."""
    for value, rest, is_apart in (_lowest(known), _highest(known)):
        count = len(known) - len(rest)
        if is_apart and len(np.unique(rest)) > 1 and len(rest) >= 3 and count <= 0.3 * len(known):
            how_many = "1 of its values is" if count == 1 else f"{count} of its values are"
            others = "0 or more" if value < 0 <= rest.min() else f"{rest.min():g} to {rest.max():g}"
            return f"{how_many} {value:g}, the rest {others}: missing? Then say --missing {value:g}"
    return ""


def _lowest(known: np.ndarray) -> tuple[float, np.ndarray, bool]:
    """The lowest number, the others, and whether it is a negative code far below them."""
    value = float(known.min())
    rest = known[known > value]
    is_apart = value in _SENTINELS and len(rest) > 0 and (rest.min() >= 0 or value < _FAR * rest.min())
    return value, rest, bool(is_apart)


def _highest(known: np.ndarray) -> tuple[float, np.ndarray, bool]:
    """The highest number, the others, and whether it is a code of nines far above them."""
    value = float(known.max())
    rest = known[known < value]
    is_apart = value in _NINES and len(rest) > 0 and value > _FAR * np.abs(rest).max()
    return value, rest, bool(is_apart)


@dataclass(frozen=True)
class Seen:
    """What all training rows hold of a column, where a sample of them is at hand: categories, and whether there are gaps."""

    levels: list[str]
    has_missing: bool


def fit_columns(columns: list[Column], training: Table, seen: dict[str, Seen] | None = None) -> None:
    """Learns levels, medians, means and variances from the training rows alone; `seen` adds what they are a sample of."""
    for column in columns:
        values = training.columns[column.name]
        column.has_missing = bool(is_missing(values).any())
        if column.kind == NOMINAL:
            column.levels = _levels_of(as_text(values))
        elif column.kind == TEXT:
            column.levels, column.weights = _words_of(values)
        elif column.kind in (NUMERIC, ORDINAL, DATE):
            _fit_numbers(column, numbers_of(column, values))
        if seen is not None and column.name in seen:
            column.levels = seen[column.name].levels or column.levels
            column.has_missing |= seen[column.name].has_missing
        if column.kind == NOMINAL and not column.many:
            column.levels = column.levels[:MOST_LEVELS]


def numbers_of(column: Column, values: np.ndarray) -> np.ndarray:
    """A column as numbers: as it is, the places of its levels, or days since 1970; NaN for missing ones."""
    if column.kind == ORDINAL:
        return places_of(values, column.levels)
    return days_of(as_text(values), column.style) if column.kind == DATE else values


def _fit_numbers(column: Column, numbers: np.ndarray) -> None:
    known = numbers[~np.isnan(numbers)]
    column.has_missing = len(known) < len(numbers)
    column.median = float(np.median(known)) if len(known) else 0.0
    filled = np.where(np.isnan(numbers), column.median, numbers)
    column.mean, variance = float(filled.mean()), float(filled.var())
    # A column that is constant on the training rows only shifts.
    column.variance = variance if variance > _SMALLEST_SPREAD**2 else 1.0
    low, high = np.quantile(filled, [0.25, 0.75])
    spread = high - low if high > low else (filled.max() - filled.min()) / 2
    column.spread = float(spread) if spread > _SMALLEST_SPREAD else 1.0
    if column.kind == DATE:
        column.levels = cycles_of(numbers)


def _levels_of(values: np.ndarray) -> list[str]:
    """The categories, most frequent first; among them "" if values are missing."""
    counted = sorted(Counter(values.tolist()).items(), key=lambda pair: (-pair[1], pair[0]))
    return [level for level, _ in counted]


def _words_of(values: np.ndarray) -> tuple[list[str], list[float]]:
    """The words that stand in two rows or more, those of most rows first, and ln(1 + rows / (1 + rows with the word))."""
    counter = layers.TextVectorization(output_mode="multi_hot")
    counter.adapt(values)
    words = counter.get_vocabulary(include_special_tokens=False)
    in_rows = np.zeros(len(words))
    for start in range(0, len(values), 1024):
        in_rows += np.asarray(counter(values[start : start + 1024]))[:, 1:].sum(0)
    order = [i for i in np.argsort(-in_rows, kind="stable")[:MOST_WORDS].tolist() if in_rows[i] > 1]
    return [words[i] for i in order], [float(np.log(1 + len(values) / (1 + in_rows[i]))) for i in order]


def places_of(values: np.ndarray, levels: list[str]) -> np.ndarray:
    """The places of ordinal values among the levels, from 1; NaN for missing ones."""
    place = {level: i + 1.0 for i, level in enumerate(levels)}
    return np.array([place.get(v, np.nan) for v in as_text(values).tolist()])


def model_inputs(columns: list[Column], table: Table) -> dict[str, np.ndarray]:
    """What the model takes: for each column used an array `(rows, 1)`, float32 or str."""
    arrays = {}
    for column in columns:
        if column.kind == LEFT_OUT:
            continue
        values = table.columns[column.name]
        if column.kind in (NUMERIC, DATE):
            arrays[column.name] = numbers_of(column, values).astype("float32")[:, None]
        else:
            arrays[column.name] = as_text(values)[:, None]
    return arrays


def steady(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The inputs with texts of few different widths, since the engine makes a program for each width that it meets."""
    return {
        name: values.astype(f"<U{-(-values.dtype.itemsize // (4 * _WIDTH)) * _WIDTH}")
        if values.dtype.kind == "U"
        else values
        for name, values in inputs.items()
    }
