"""The processes of one training: which this is, and what they agree on."""

import json
from typing import Any

import numpy as np

from ._machinery import machinery_or_none


def num_processes() -> int:
    """How many there are."""
    found = machinery_or_none()
    return 1 if found is None else found.num_processes()


def process_id() -> int:
    """The number of this one."""
    found = machinery_or_none()
    return 0 if found is None else found.process_id()


def is_first() -> bool:
    """Whether this is the one that writes files and shows bars."""
    return process_id() == 0


def any_process(is_so: bool) -> bool:
    """Whether it is so in one of them at least; all must ask."""
    if num_processes() == 1:
        return is_so
    return bool(machinery_or_none().gather(np.array([is_so], np.int32)).any())


def check_same_number(what: str, number: int) -> None:
    """Raises RuntimeError, naming both, unless the number is the same in all processes; all must ask."""
    if num_processes() == 1:
        return
    found = machinery_or_none().gather(np.array([number], np.int32)).ravel().tolist()
    other = next((i for i, n in enumerate(found) if n != number), None)
    if other is not None:
        raise RuntimeError(f"{what} is {number} in process {process_id()} and {found[other]} in process {other}.")


def check_agreement(what: str, value: dict[str, Any]) -> None:
    """Raises RuntimeError, naming the first entry that differs, unless all processes call it with equal values of JSON."""
    if num_processes() == 1:
        return
    for process, other in enumerate(_texts(json.dumps(value, default=str))):
        theirs = json.loads(other)
        different = [name for name in value if json.loads(json.dumps(value[name], default=str)) != theirs.get(name)]
        if different:
            name = different[0]
            raise RuntimeError(
                f"{what}: the processes do not do the same. {name} is {value[name]!r} in process {process_id()} and "
                f"{theirs.get(name)!r} in process {process}."
            )


def _texts(text: str) -> list[str]:
    """The text of each process."""
    gather = machinery_or_none().gather
    raw = np.frombuffer(text.encode(), np.uint8)
    lengths = gather(np.array([len(raw)], np.int32)).ravel()
    padded = np.zeros(int(lengths.max()), np.uint8)
    padded[: len(raw)] = raw
    return [row[:n].tobytes().decode() for row, n in zip(gather(padded), lengths.tolist())]
