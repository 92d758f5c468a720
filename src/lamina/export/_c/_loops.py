"""Loops over shapes, and where an element lies."""

from collections.abc import Sequence
from contextlib import contextmanager
from typing import Any


def strides_of(shape: Sequence[int]) -> list[int]:
    """Of an array in one piece, in elements."""
    found, step = [], 1
    for n in reversed(shape):
        found.insert(0, step)
        step *= n
    return found


def spread_strides(shape: Sequence[int], to: Sequence[int]) -> list[int]:
    """Those with which an array of `shape` is read as one of shape `to`: 0 where it is repeated."""
    own = strides_of(shape)
    return [0] * (len(to) - len(shape)) + [
        0 if n == 1 and m != 1 else s for n, s, m in zip(shape, own, to[-len(shape) :])
    ]


def offset(indices: Sequence[str], strides: Sequence[int], start: int | str = 0) -> str:
    """The place of an element."""
    parts = [i if s == 1 else f"{i} * {s}" for i, s in zip(indices, strides) if s and i != "0"]
    if start:
        parts.append(str(start))
    return " + ".join(parts).replace("+ -", "- ") or "0"


class Lines:
    """Lines of C, indented by the loops around them."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.depth = 1
        self.count = 0

    def add(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    @contextmanager
    def braces(self, head: str = "") -> Any:
        """A block, after `if (...)` or the like."""
        self.add(f"{head} {{".lstrip())
        self.depth += 1
        yield
        self.depth -= 1
        self.add("}")

    @contextmanager
    def loops(self, shape: Sequence[int]) -> Any:
        """Loops over a shape; gives an index for each axis, "0" where there is one place alone."""
        indices, opened = [], 0
        for n in shape:
            if n == 1:
                indices.append("0")
                continue
            self.count += 1
            indices.append(name := f"i{self.count}")
            self.add(f"for (int {name} = 0; {name} < {n}; {name}++) {{")
            self.depth, opened = self.depth + 1, opened + 1
        yield indices
        for _ in range(opened):
            self.depth -= 1
            self.add("}")
        if self.depth == 1:
            self.count = 0
