"""One line in the output of a notebook's cell, written anew as things go on."""

import sys
from typing import Any

_BAR = 24  # letters


def in_notebook() -> bool:
    """Whether what is printed goes to the cell of a notebook: the kernel's own stream stands in for the standard one."""
    return type(sys.stdout).__module__.partition(".")[0] == "ipykernel" and "IPython.display" in sys.modules


class NotebookLine:
    """A line of text, by the display of the kernel that runs; nothing of it is imported."""

    def __init__(self) -> None:
        self._handle: Any = None

    def show(self, text: str) -> None:
        """Writes the line, in place of what it held before."""
        said = {"text/plain": text}
        if self._handle is None:
            self._handle = sys.modules["IPython.display"].display(said, raw=True, display_id=True)
        else:
            self._handle.update(said, raw=True)


def drawn_bar(done: int, total: int | None) -> str:
    """`45/100 ━━━━━━━━━━──────────────`, or the count alone where the end is not known."""
    if not total:
        return f"{done} steps"
    full = min(_BAR, _BAR * done // total)
    return f"{done}/{total} {'━' * full}{'─' * (_BAR - full)}"
