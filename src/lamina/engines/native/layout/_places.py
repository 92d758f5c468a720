"""Where a value of a program may live."""

from dataclasses import dataclass

from .._graph import Var

ALIGN = 64
# Elements that a run of elementwise calls handles at a time: several such pieces fit into the L2 cache together.
CHUNK = 1 << 14


def aligned_bytes(size: int) -> int:
    """The bytes that a place of this size takes, so that the next one is aligned."""
    return -(-size // ALIGN) * ALIGN


@dataclass(frozen=True, slots=True)
class Owned:
    """In the arena, at this byte."""

    offset: int


@dataclass(frozen=True, slots=True)
class View:
    """In the memory of `of`, seen in another way."""

    of: Var


@dataclass(frozen=True, slots=True)
class Shares:
    """In the very array of `var`, which nobody needs afterwards."""

    var: Var


@dataclass(frozen=True, slots=True)
class Joined:
    """A part of `into`, computed where it belongs: at this byte of it."""

    into: Var
    offset: int


@dataclass(frozen=True, slots=True)
class Scratch:
    """In the arena, at this byte, a piece at a time: nobody outside its block sees the value."""

    offset: int


@dataclass(frozen=True, slots=True)
class Register:
    """In no memory at all: machine code makes and uses the value within one loop."""


Place = Owned | View | Shares | Joined | Scratch | Register
