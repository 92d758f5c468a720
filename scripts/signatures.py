"""Writes `tests/signatures.txt`: every public callable with the names and defaults of its arguments.

    python scripts/signatures.py

A default is part of what users rely on, and no test of a formula notices when one changes: a change shows here, in the diff.
"""

import importlib
import inspect
import pathlib
from collections.abc import Iterator

from lamina._names import NAMES

FILE = pathlib.Path(__file__).resolve().parent.parent / "tests" / "signatures.txt"


def signature_of(thing: object) -> str | None:
    """`(units, activation=None, ...)`, or None for what has none."""
    if not callable(thing):
        return None
    try:
        parameters = list(inspect.signature(thing).parameters.values())
    except (TypeError, ValueError):
        return None
    return "(" + ", ".join(str(p.replace(annotation=p.empty)) for p in parameters) + ")"


def lines() -> Iterator[str]:
    """`layers.Dense(units, ...)`, each object once, by the first of its names."""
    seen = set()
    for namespace in sorted(NAMES):
        module = importlib.import_module(f"lamina.{namespace}" if namespace else "lamina")
        for name in sorted(NAMES[namespace]):
            thing = getattr(module, name)
            text = signature_of(thing)
            if text is not None and id(thing) not in seen and " at 0x" not in text:
                seen.add(id(thing))
                yield f"{namespace}.{name}{text}".lstrip(".")


if __name__ == "__main__":
    FILE.write_text("\n".join(lines()) + "\n", encoding="utf-8")
