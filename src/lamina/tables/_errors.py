"""What is wrong with a table, in one line."""

import difflib

from lamina._public import public


@public("tables.TableError")
class TableError(ValueError):
    """A mistake in a table or in what was said about it: names the file, the line or option, and what to do."""


def close_names(wrong: str, names: list[str]) -> str:
    """` Did you mean 'a' or 'b'?`, or the first names if none is alike."""
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(name.casefold(), name)
    near = [folded[n] for n in difflib.get_close_matches(wrong.casefold(), list(folded), n=3, cutoff=0.6)]
    if near:
        return f" Did you mean {' or '.join(map(repr, near))}?"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f" The columns are: {shown}."
