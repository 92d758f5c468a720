"""Tables in JSON: objects, one a line or in one list, or one object of columns."""

import json
from typing import Any

import numpy as np

from ._errors import TableError


class _Twice(ValueError):
    """A key that stands twice in an object."""


def read_json(text: str, path: str, whole: bool) -> tuple[list[str], list[list[Any]], list[str]]:
    """Names, columns and notes; a key that lacks is missing.

    Args:
        text: the file; `path` is named in errors.
        whole: whether all of it may be one list or object, rather than one a line.
    Raises TableError, with the line, for what is no such object.
    """
    first = text.lstrip()[:1] if whole else ""
    if first == "[":
        rows = _parsed(text, path, 0)
        for number, row in enumerate(rows, 1):
            _check_object(row, path, f"entry {number}")
    else:
        columns = _columns_of(text) if first == "{" else None
        if columns is not None:
            return list(columns), list(columns.values()), ["The file is one object of columns, and read so."]
        rows = [json_object(line, path, number) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    names = list(dict.fromkeys(key for row in rows for key in row))
    table = [[row.get(name) for row in rows] for name in names]
    return names, table, []


def json_object(line: str, path: str, number: int) -> dict[str, Any]:
    """The object in a line of JSON. Raises TableError, with the number of the line, if there is none."""
    row = _parsed(line, path, number)
    _check_object(row, path, f"line {number}")
    return row


def nested_note(name: str, values: list[Any]) -> str:
    """What is said of a column with objects or lists, or ""."""
    nested = [v for v in values if isinstance(v, (dict, list, np.ndarray))]
    if not nested:
        return ""
    shown = str(nested[0])[:60]
    return f"Column {name!r} holds {len(nested)} objects or lists ({shown}), taken as texts; give their parts columns."


def _parsed(text: str, path: str, number: int) -> Any:
    """The value in a text that is line `number`, or 0 for a whole file."""
    try:
        return json.loads(text, object_pairs_hook=_once)
    except _Twice as error:
        where = f"line {number}: " if number else ""
        raise TableError(f"{path}: {where}the key {str(error)!r} stands twice in an object.") from None
    except (json.JSONDecodeError, RecursionError) as error:
        line = number or getattr(error, "lineno", 1)
        raise TableError(f"{path}: line {line} is no JSON ({str(error).splitlines()[0]}).") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _Twice(next(key for key in keys if keys.count(key) > 1))
    return found


def _columns_of(text: str) -> dict[str, list[Any]] | None:
    """The columns of an object of lists, or of objects with the same keys, of one length; None if it is another."""
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    parts = list(found.values())
    if parts and all(isinstance(part, dict) and part and list(part) == list(parts[0]) for part in parts):
        return {name: list(part.values()) for name, part in found.items()}
    if len(parts) > 1 and all(isinstance(part, list) and part and len(part) == len(parts[0]) for part in parts):
        return dict(found)
    return None


def _check_object(row: Any, path: str, where: str) -> None:
    if not isinstance(row, dict):
        raise TableError(f"{path}: {where} is no JSON object of column names and values: {str(row)[:60]}.")
