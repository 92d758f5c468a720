"""Parameters as Python."""

from typing import Any

import numpy as np


def param_text(value: Any) -> str:
    """A parameter as an expression; open sizes are expressions of the symbols."""
    if isinstance(value, tuple):
        return f"({', '.join(map(param_text, value))}{',' if len(value) == 1 else ''})"
    return repr(value) if isinstance(value, str) else str(value)


def index_text(index: tuple[Any, ...]) -> str:
    """An index as it stands between brackets; whole axes at the end are left out."""
    parts = [_slice_text(i) if isinstance(i, slice) else str(i) for i in index]
    while len(parts) > 1 and parts[-1] == ":":
        parts.pop()
    return ", ".join(parts)


def _slice_text(s: slice) -> str:
    start, stop, step = ("" if p is None else str(p) for p in (s.start, s.stop, s.step))
    start = "" if start == "0" and not step.startswith("-") else start
    return f"{start}:{stop}" + (f":{step}" if step not in ("", "1") else "")


def scalar_text(value: np.ndarray, typed: bool) -> str:
    """A number; `typed` where nothing beside it says of what dtype it is."""
    number = value.item()
    text = repr(float(str(value))) if value.dtype.kind == "f" else repr(number)
    text = {"inf": "np.inf", "-inf": "-np.inf", "nan": "np.nan"}.get(text, text)
    return f"np.{value.dtype.name}({text})" if typed else text


def cast_text(text: str, dtype: str) -> str:
    """An expression in another dtype."""
    return f"{text}.astype(np.{dtype})"
