"""Files on their way to their name, and those that a killed writer left: told apart by a lock.

A writer locks its file before anything else, and the system takes a lock back when the process ends, however it ends. So what can
be locked is no one's. Where there are no such locks (Windows, some network drives) nothing is cleared.
"""

import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator

from lamina._interrupts import Uninterrupted

_ENDING = ".lamina.tmp"

if sys.platform == "win32":

    def _locks(handle: int, wait: bool) -> bool:
        return False
else:
    import fcntl

    def _locks(handle: int, wait: bool) -> bool:
        """Whether the lock of an open file is ours now."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError:
            return False
        return True


@contextlib.contextmanager
def new_file(folder: str, name: str) -> Iterator[tuple[int, str]]:
    """A new file beside the one called `name`: open handle and path. It is no leftover before the block ends.

    If that is with an error, it is deleted.
    """
    path, lock = None, None
    try:
        with Uninterrupted():
            handle, path, is_locked = _locked(folder, name)
            # The writer closes the first handle; the lock ends with the last one.
            lock = os.dup(handle) if is_locked else None
        yield handle, path
    except BaseException:
        with Uninterrupted():
            if path is not None and os.path.exists(path):
                os.unlink(path)
        raise
    finally:
        if lock is not None:
            os.close(lock)


def _locked(folder: str, name: str) -> tuple[int, str, bool]:
    while True:
        handle, path = tempfile.mkstemp(prefix=f".{name}.", suffix=_ENDING, dir=folder)
        is_locked = _locks(handle, wait=True)
        if not is_locked or os.fstat(handle).st_nlink:
            return handle, path, is_locked
        os.close(handle)  # it was cleared before it was locked


def clear_leftovers(folder: str) -> None:
    """Deletes the files of writers that are no more."""
    with contextlib.suppress(PermissionError), os.scandir(folder) as entries:
        found = [entry.path for entry in entries if entry.name.startswith(".") and entry.name.endswith(_ENDING)]
        for path in found:
            _clear(path)


def _clear(path: str) -> None:
    flags = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(path, flags)
    except OSError:  # gone by now, or not ours to write
        return
    try:
        is_file = stat.S_ISREG(os.fstat(handle).st_mode)
        if is_file and _locks(handle, wait=False) and os.fstat(handle).st_nlink:
            os.unlink(path)
    finally:
        os.close(handle)
