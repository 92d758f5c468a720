"""The cells of an Excel sheet as names and columns: titles above, empty edges and totals taken off as in a text file."""

from typing import Any

from lamina._lazy import lazy_module

from ._below import without_notes, without_totals
from ._errors import TableError
from ._merged import merged_down
from ._records import Row
from ._sheet import layout_of

pandas: Any = lazy_module("pandas")


def read_excel(path: str, place: str) -> tuple[list[str], list[list[Any]], list[str]]:
    """Names, columns of values as the cells hold them (None for an empty one), and notes.

    Args:
        path: what errors call the file; `place`, where it lies.
    Raises TableError if the first sheet holds no table; ValueError and others of pandas for a file that is none.
    """
    with pandas.ExcelFile(place) as book:
        sheets = list(map(str, book.sheet_names))
        grid = pandas.read_excel(book, header=None, dtype=object).astype(object).to_numpy().tolist()
    others = ", ".join(map(repr, sheets[1:6])) + ", ..." * (len(sheets) > 6)
    notes = [f"Of the sheets, the first is read, {sheets[0]!r}; left aside: {others}."] if others else []
    notes += _fill(grid, merged_down(place))
    cells = [[None if _is_empty(cell) else cell for cell in row] for row in grid]
    used = [i for i in range(len(cells[0]) if cells else 0) if any(row[i] is not None for row in cells)]
    cells = [[row[i] for i in used] for row in cells]
    rows = [Row([_text(c) for c in row], n) for n, row in enumerate(cells, 1) if any(c is not None for c in row)]
    if not rows:
        raise TableError(
            f"{path}: the table is empty: there is nothing in the first sheet{f'; others: {others}' * bool(others)}."
        )
    layout = layout_of(rows, path)
    values = rows[layout.above :]
    if not values:
        raise TableError(
            f"{path}: the table is empty: the first sheet, {sheets[0]!r}, has names or a title and no row of values"
            f"{f'; other sheets: {others}. The table must stand in the first' * bool(others)}."
        )
    values = layout.without_heads(values)
    rows = without_totals(without_notes(values, layout.notes) if len(layout.names) > 1 else values, layout.notes)
    columns = [[cells[row.line - 1][i] for row in rows] for i in range(len(layout.names))]
    return layout.names, columns, [*notes, *layout.notes]


def _fill(grid: list[list[Any]], merged: list[tuple[int, int, int, int]]) -> list[str]:
    """Gives all rows of merged cells what stands in the first; a note if there are such."""
    filled = []
    for top, left, bottom, right in merged:
        if bottom <= len(grid) and right <= len(grid[0]) and not _is_empty(grid[top - 1][left - 1]):
            for row in grid[top:bottom]:
                row[left - 1] = grid[top - 1][left - 1]
            filled.append(f"{top} to {bottom}")
    shown = ", ".join(filled[:3]) + ", ..." * (len(filled) > 3)
    return [f"Cells that are merged over several rows ({shown}) stand for each of these rows."] if filled else []


def _is_empty(cell: Any) -> bool:
    return cell is None or cell is pandas.NaT or (isinstance(cell, float) and cell != cell)


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()
