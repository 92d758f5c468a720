"""What the commands tell a user in one line."""

import difflib


class CommandError(Exception):
    """A mistake in the arguments or the table: the command ends with this one line and exit code 2."""


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
