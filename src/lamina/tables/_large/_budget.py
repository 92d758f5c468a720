"""What is too large to be read at once, by the bytes of its files and the memory it may take."""

import math
import os
import re
from typing import Any

from .._errors import TableError
from .._fetched import is_url
from .._frames import is_paths

_MACHINE = 8 << 30  # bytes of memory, where the system does not tell
_SHARE = 0.5  # of the machine's memory
# Suffix -> bytes of memory that reading at once takes, for each byte of the file.
_TEXT, _JSON, _COLUMNS = 12, 12, 20
_PACKED = 5  # bytes in a byte of a packed text
_FACTORS = {
    ".csv": _TEXT, ".tsv": _TEXT, ".txt": _TEXT, ".tab": _TEXT, ".dat": _TEXT, ".data": _TEXT, ".jsonl": _JSON, ".ndjson": _JSON,
    ".parquet": _COLUMNS, ".pq": _COLUMNS, ".feather": _COLUMNS, ".arrow": _COLUMNS,
}  # fmt: skip
PACKED = (".gz", ".bz2", ".xz")
_SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[kmgt]?)i?b?", re.IGNORECASE)
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


def bytes_of(text: str) -> int:
    """The bytes that `500MB` or `2G` stand for; a K is 1024. Raises TableError for anything else."""
    match = _SIZE.fullmatch(text.strip())
    size = 0.0 if match is None else float(match["number"]) * _UNITS[match["unit"].lower()]
    if not 1 <= size < math.inf:
        raise TableError(f"--memory takes an amount of memory, like 500MB or 2GB; got {text!r}.")
    return int(size)


def default_memory() -> int:
    """What a table may take if nothing is said: half of the machine's memory, in bytes."""
    try:
        machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        machine = _MACHINE
    return int(machine * _SHARE)


def is_large(data: Any, memory: int | None) -> bool:
    """Whether the files of a table, read at once, would take more than `memory` bytes (`default_memory` for None).

    Only kinds of files that can be read as streams are ever large.
    """
    paths = [data] if isinstance(data, (str, os.PathLike)) else data if is_paths(data) else []
    needed = [_needed(os.fspath(path)) for path in paths]
    if not needed or None in needed:
        return False
    return sum(n for n in needed if n is not None) > (default_memory() if memory is None else memory)


def _needed(path: str) -> int | None:
    """The bytes of memory that a file takes, read at once; None for what is no stream."""
    if is_url(path) or not os.path.isfile(path):
        return None
    stem, suffix = os.path.splitext(path.lower())
    unpacked = 1
    if suffix in PACKED:
        unpacked, suffix = _PACKED, os.path.splitext(stem)[1]
    return None if suffix not in _FACTORS else os.path.getsize(path) * unpacked * _FACTORS[suffix]
