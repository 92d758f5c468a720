"""The heaps of an HDF5 file, where it keeps texts: looked through before the library reads them.

HDF5 believes the sizes in a heap; damaged ones make it read without end or outside its memory.
"""

import mmap
import struct
from typing import Any

_START = b"GCOL\1\0\0\0"  # a collection of the global heap, version 1
_HEAD, _OBJECT = 16, 16
# HDF5 1.4 to 2.0: format specification, III.E, "Disk Format: Level 1E - Global Heap".


def check_heaps(source: Any) -> None:
    """Raises ValueError if a collection of objects of the global heap does not add up.

    Args:
        source: path, or the bytes of the file.
    """
    if isinstance(source, bytes):
        _check_all(source)
        return
    with open(source, "rb") as file:
        if not file.seek(0, 2):
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            _check_all(content)


def _check_all(content: Any) -> None:
    place = content.find(_START)
    while place >= 0:
        (size,) = struct.unpack_from("<Q", content, place + 8) if place + _HEAD <= len(content) else (0,)
        if size < _HEAD or place + size > len(content):
            raise ValueError(f"a heap of texts of {size} bytes at {place}, in a file of {len(content)}")
        _check_objects(content, place + _HEAD, place + size)
        place = content.find(_START, place + 1)


def _check_objects(content: Any, place: int, end: int) -> None:
    seen = set()
    while place + _OBJECT <= end:
        index, _, size = struct.unpack_from("<HH4xQ", content, place)
        if index == 0:  # the free space, whose size counts its head, to the end
            if place + size != end:
                raise ValueError(f"a heap whose free space of {size} bytes does not reach its end")
            return
        place += _OBJECT + -(-size // 8) * 8
        if place > end or index in seen:
            raise ValueError(f"a text of {size} bytes that lies outside its heap, or is there twice")
        seen.add(index)
