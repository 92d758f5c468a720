"""Whether plans become machine code, and when."""

import importlib.util
import os
from enum import Enum
from functools import cache

from lamina._extras import require


class Machine(Enum):
    """NEVER; LATER: when a program has run often enough to gain by it; AT_ONCE: before its first call."""

    NEVER = "0"
    LATER = "1"
    AT_ONCE = "now"


_chosen: list[Machine] = []


@cache
def _at_first() -> Machine:
    """What the environment says; where it says nothing, what is installed decides."""
    asked = os.environ.get("LAMINA_MACHINE", "")
    if asked:
        try:
            return Machine(asked)
        except ValueError:
            raise ValueError(f"LAMINA_MACHINE must be 0, 1 or now; got {asked!r}.") from None
    return Machine.LATER if importlib.util.find_spec("llvmlite") else Machine.NEVER


def machine_code() -> Machine:
    """What is to become of programs that are made from now on."""
    return _chosen[-1] if _chosen else _at_first()


def uses_machine_code() -> bool:
    """Whether programs made from now on become machine code at some time."""
    return machine_code() is not Machine.NEVER


def set_machine_code(on: bool, at_once: bool = False) -> None:
    """Switches machine code on or off for programs made from now on. Raises ImportError where llvmlite is missing."""
    if on:
        require("llvmlite", "fast", "Machine code")
    _chosen[:] = [(Machine.AT_ONCE if at_once else Machine.LATER) if on else Machine.NEVER]
