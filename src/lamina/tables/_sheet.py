"""From text to a header and rows of fields: delimiter, title and comment lines, ragged rows, total lines."""

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from ._below import without_notes, without_totals
from ._errors import TableError
from ._layout import NAMED, Layout, again_note, folded, lines_named, shown_row
from ._numbers import MISSING
from ._parts import take_apart
from ._records import Row, cut
from ._ruled import are_boxed, is_rule, rules_note, unboxed

DELIMITERS = ",;\t|"
_LOOKED_AT = 500  # rows that tell delimiter and width
_LOOKED_THROUGH = 1 << 18  # letters in which they are looked for
NAMELESS = "holds values, not names"
_FEW_SHORT = 0.2  # share of rows that may lack fields at their end


@dataclass
class Sheet:
    """Names of columns, rows of as many fields each, and what was done to get there, in sentences."""

    names: list[str]
    rows: list[Row]
    delimiter: str
    notes: list[str] = field(default_factory=list)


def read_sheet(text: str, path: str) -> Sheet:
    """The table in a text. Raises TableError, with the line, for what cannot be read without guessing."""
    if not text.strip():
        raise TableError(f"{path}: the table is empty: there is nothing in the file.")
    delimiter = find_delimiter(text)
    rows = [row for row in cut(io.StringIO(text, newline=""), delimiter, path) if any(row.fields)]
    layout = layout_of(rows, path)
    notes = layout.notes
    evener = Evener(layout, path, partial(_line_of, text))
    rows = evener.without_rules(rows[layout.above :])
    rows = evener.even(without_notes(rows, notes) if len(layout.names) > 1 else rows)
    notes.extend(evener.notes())
    rows = without_totals(rows, notes)
    if not rows:
        raise TableError(f"{path}: the table is empty: it has {len(layout.names)} column(s) and no row.")
    return Sheet(layout.names, rows, delimiter, notes)


def layout_of(rows: list[Row], path: str) -> Layout:
    """Where names and values stand, from all rows of a text or its first ones.

    Raises TableError, with the line, if rows have a field more than there are names, and the first cannot be a row's name.
    """
    all_rows, width = rows, _usual_width(rows)
    rows = [row for row in rows if not is_rule(row)] or rows
    is_boxed = len(rows) < len(all_rows) and are_boxed(rows, width)
    if is_boxed:
        rows, width = list(map(unboxed, rows)), width - 2
    notes: list[str] = []
    header, rest = _find_header(rows, width, notes)
    names, values = _name_columns(header, rest, width, notes, path)
    is_marked = sum(row.fields[0].startswith("#") for row in values) > 0.5 * len(values)
    has_names = (
        len(values) < len(rows) and rows[len(rows) - len(values) - 1].line == header.line and len(header.fields) > 1
    )
    first = values[0].line if values else None
    above = next((i for i, row in enumerate(all_rows) if row.line == first), len(all_rows))
    is_ruled = any(map(is_rule, all_rows[:above]))
    return Layout(names, above, is_marked, notes, folded(header.fields) if has_names else [], is_boxed, is_ruled)


def find_delimiter(text: str) -> str:
    """The character that cuts most rows into the same number of fields, the most fields if several do."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = _widths(text[:_LOOKED_THROUGH], delimiter)
        if not widths:
            continue
        width, count = max(Counter(widths).items(), key=lambda pair: (pair[1], pair[0]))
        if width > 1 and (count / len(widths), width) > best_score:
            best, best_score = delimiter, (count / len(widths), width)
    return best


def _widths(text: str, delimiter: str) -> list[int]:
    """Numbers of fields of the first rows, up to one whose quotation marks make no sense, as where the text is cut off."""
    widths = []
    try:
        for row in islice(cut(io.StringIO(text, newline=""), delimiter, ""), _LOOKED_AT):
            if any(row.fields):
                widths.append(len(row.fields))
    except TableError:
        pass
    return widths


def _usual_width(rows: list[Row]) -> int:
    widths = Counter(len(row.fields) for row in rows[:_LOOKED_AT])
    return max(widths.items(), key=lambda pair: (pair[1], pair[0]))[0]


def _find_header(rows: list[Row], width: int, notes: list[str]) -> tuple[Row, list[Row]]:
    """The row of names, and the rows below it. Title and comment lines stand above."""
    wide = [i for i, row in enumerate(rows[:50]) if _may_be_names(row, width)]
    i = wide[0] if wide else 0
    if len(wide) > 1 and rows[i].fields[0].startswith("#") and not _is_data(rows[wide[1]]):
        i = wide[1]  # a comment that happens to have as many commas as the names below it
    above, header, rest = rows[:i], rows[i], rows[i + 1 :]
    comments = [row for row in above if row.fields[0].startswith(("#", "//"))]
    if comments:
        notes.append(f"{lines_named(comments)}: left out as comments ({shown_row(comments[0])}).")
    titles = [row for row in above if row not in comments]
    if titles:
        notes.append(
            f"The names of the columns stand in line {header.line}; left out above: "
            f"{lines_named(titles)} ({shown_row(titles[0])})."
        )
    if header.fields[0].startswith("#") and len(header.fields[0]) > 1:
        header = Row([header.fields[0].lstrip("# "), *header.fields[1:]], header.line)
    return header, rest


def _may_be_names(row: Row, width: int) -> bool:
    """Whether a row has a field for each column, or for each but the first (as R writes row names), most of them filled."""
    fits = len(row.fields) == width or (len(row.fields) == width - 1 and width > 2)
    return fits and (width == 1 or sum(bool(f) for f in row.fields) > width / 2)


def _is_data(row: Row) -> bool:
    return any(take_apart(f) is not None for f in row.fields if f)


def _name_columns(header: Row, rows: list[Row], width: int, notes: list[str], path: str) -> tuple[list[str], list[Row]]:
    """Names that are there and differ; a row of values in the place of names is kept as a row."""
    names = list(header.fields)
    if len(names) == width - 1 and width > 2:
        if all(not row.fields[-1] for row in rows if len(row.fields) == width):
            notes.append(f"The rows end in a delimiter, which line {header.line} with the names does not; taken off.")
        elif _have_names([row for row in rows if len(row.fields) == width]):
            names = ["row", *names]
            notes.append("The first column has no name; called 'row'.")
        else:
            raise TableError(
                f"{path}: line {header.line} has {len(names)} names, but line {rows[0].line} and most others {width} fields "
                f'({shown_row(rows[0])}). Name each column; put texts that hold the delimiter in quotation marks (", and "" for '
                "one within)."
            )
    elif _is_nameless(header, rows):
        notes.append(f"Line {header.line} {NAMELESS}: the columns are called column_1, column_2, ...")
        return [f"column_{i + 1}" for i in range(len(names))], [header, *rows]
    taken: Counter[str] = Counter()
    unnamed, renamed = [], []
    for i, name in enumerate(names):
        if not name:
            name = f"column_{i + 1}"
            unnamed.append(name)
        taken[name] += 1
        if taken[name] > 1:
            renamed.append(name)
            name = f"{name}_{taken[name]}"
        names[i] = name
    if unnamed:
        notes.append(f"Columns without a name are called {', '.join(unnamed)}.")
    if renamed:
        notes.append(
            f"Several columns are called {', '.join(map(repr, sorted(set(renamed))))}; numbered from the second on."
        )
    return names, rows


def _have_names(rows: list[Row]) -> bool:
    """Whether rows begin with a name or number of their own, as R writes them, and no text was cut at a delimiter in it."""
    first = [row.fields[0] for row in rows]
    if len(set(first)) < len(first) or any("." in name and take_apart(name) is not None for name in first):
        return False
    cut_up = sum(any((f.startswith("'") and not f.endswith("'")) or '\\"' in f for f in row.fields) for row in rows)
    return 2 * cut_up < len(rows)


def _is_nameless(header: Row, rows: list[Row]) -> bool:
    """Whether the first row is like those below it: a number wherever they hold numbers, and at least one."""
    sample = [row.fields for row in rows[:50] if len(row.fields) == len(header.fields)]
    if len(sample) < 3:
        return False
    numeric = [
        i for i in range(len(header.fields))
        if sum(take_apart(f[i]) is not None or f[i].casefold() in MISSING for f in sample) >= 0.9 * len(sample)
        and any(take_apart(f[i]) is not None for f in sample)
    ]  # fmt: skip
    tops = [header.fields[i] for i in numeric]
    if not numeric or not all(take_apart(top) is not None or top.casefold() in MISSING - {""} for top in tops):
        return False
    if not all(map(_is_year, tops)) or len(set(tops)) < len(tops):
        return True
    below = [f[i] for f in sample for i in numeric]
    return len(numeric) == len(header.fields) and 2 * sum(map(_is_year, below)) > len(below)


def _is_year(text: str) -> bool:
    return text.isdigit() and 1000 <= int(text) <= 2999


class Evener:
    """Makes rows of a field for each column: comments are left out, empty fields cut off or added at the end.

    Args:
        layout: of the table.
        path: named in errors.
        shown: gives a line of the file by its number.
    """

    def __init__(self, layout: Layout, path: str, shown: Callable[[int], str]):
        self.layout, self.path, self.shown = layout, path, shown
        self.width = len(layout.names)
        self.comments: list[Row] = []
        self.heads: list[Row] = []
        self.rules: list[Row] = []
        self.short: list[Row] = []  # the first of them
        self.rows = self.lacking = 0

    def even(self, rows: list[Row]) -> list[Row]:
        """The rows of values among these, even. Raises TableError, with the line, for one that is too long."""
        kept = []
        for row in self.without_rules(rows):
            if self.layout.is_boxed:
                row = unboxed(row)
            if self.layout.is_head(row.fields):
                self.add_head(row)
            elif len(row.fields) == self.width:
                kept.append(row)
            elif row.fields[0].startswith("#") and not self.layout.is_marked:
                _keep_some(self.comments, row)
            else:
                kept.append(self._fitted(row))
        self.rows += len(rows)
        return kept

    def without_rules(self, rows: list[Row]) -> list[Row]:
        """The rows but the lines that rule the table, which are kept for a note.

        Where none stands above the values, one of them may lack all entries and be written so.
        """
        kept = []
        for row in rows:
            if self.layout.is_ruled and is_rule(row):
                _keep_some(self.rules, row)
            else:
                kept.append(row)
        return kept

    def add_head(self, row: Row) -> None:
        """Keeps a row that has the names again, for a note."""
        _keep_some(self.heads, row)

    def _fitted(self, row: Row) -> Row:
        fields = row.fields
        while len(fields) > self.width and not fields[-1]:
            fields = fields[:-1]
        if len(fields) > self.width:
            raise TableError(
                f"{self.path}: line {row.line} has {len(fields)} fields, the table {self.width} columns: "
                f"{self.shown(row.line)!r}. Put texts that hold the delimiter in quotation marks."
            )
        if len(fields) < self.width:
            self.lacking += 1
            _keep_some(self.short, row)
            fields = fields + [""] * (self.width - len(fields))
        return Row(fields, row.line)

    def notes(self) -> list[str]:
        """What was done to the rows, once all were seen. Raises TableError if many of them are too short."""
        said = []
        if self.comments:
            said.append(f"{lines_named(self.comments)}: left out as comments ({shown_row(self.comments[0])}).")
        if self.rules:
            said.append(rules_note(self.rules))
        if self.heads:
            said.append(again_note(self.heads))
        if self.lacking > max(_FEW_SHORT * self.rows, 3):
            first = self.short[0]
            raise TableError(
                f"{self.path}: {self.lacking} of {self.rows} rows have fewer than {self.width} fields, the first in line "
                f"{first.line}: {self.shown(first.line)!r}."
            )
        if self.short:
            said.append(
                f"{lines_named(self.short)}: fewer fields than columns; what lacks at the end is taken as missing."
            )
        return said


def _keep_some(rows: list[Row], row: Row) -> None:
    if len(rows) <= NAMED:
        rows.append(row)


def _line_of(text: str, number: int) -> str:
    lines = io.StringIO(text, newline="")  # as `cut` counts them
    return shortened(next(islice(lines, number - 1, None), "").rstrip("\r\n"))


def shortened(line: str) -> str:
    """A line as an error shows it."""
    return line if len(line) <= 120 else line[:117] + "..."
