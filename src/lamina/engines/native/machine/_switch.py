"""Whether plans become machine code."""

import os

from lamina._extras import require

_on = [os.environ.get("LAMINA_MACHINE", "0") == "1"]


def uses_machine_code() -> bool:
    """Whether plans made from now on are machine code where they can be."""
    return _on[0]


def set_machine_code(on: bool) -> None:
    """Switches machine code on or off, for plans made from now on. Raises ImportError where llvmlite is missing."""
    if on:
        require("llvmlite", "fast", "Machine code")
    _on[0] = bool(on)
