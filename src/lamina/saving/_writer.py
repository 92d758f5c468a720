"""The one way in which files are written: whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from lamina import distribution
from lamina._interrupts import Uninterrupted

from ._leftovers import clear_leftovers, new_file


@contextmanager
def atomic_file(path: Any) -> Iterator[IO[bytes]]:
    """A binary file that takes the place of `path` when the block ends without an error.

    It is written beside the target, brought to disk and renamed, and the rename is brought to disk; if anything fails, the
    target stays as it was and nothing is left behind. What a killed process left in the folder is cleared first. Of several
    processes of one training the first alone writes.
    """
    if not distribution.is_first():
        with tempfile.TemporaryFile() as nothing:
            yield nothing
        return
    target = os.path.realpath(os.fspath(path))
    folder = os.path.dirname(target)
    clear_leftovers(folder)
    with new_file(folder, os.path.basename(target)) as (handle, temporary):
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with Uninterrupted():
            _take_permissions(temporary, target)
            os.replace(temporary, target)
    _sync_folder(folder)


def write_bytes(path: Any, content: bytes) -> None:
    """Writes a file, whole or not at all."""
    with atomic_file(path) as file:
        file.write(content)


def write_text(path: Any, text: str) -> None:
    """Writes a UTF-8 text file, whole or not at all. Names of files that Python could not decode stay the bytes they are."""
    write_bytes(path, text.encode("utf-8", "surrogateescape"))


def check_target(path: Any, overwrite: bool) -> str:
    """The path as a string. Raises FileExistsError, FileNotFoundError or IsADirectoryError if it cannot be written."""
    name = os.fspath(path)
    folder = os.path.dirname(os.path.abspath(name))
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"Cannot write {name}: the folder {folder} does not exist.")
    if os.path.isdir(name):
        raise IsADirectoryError(f"Cannot write {name}: it is a folder.")
    if os.path.exists(name) and not overwrite and distribution.is_first():
        raise FileExistsError(f"{name} exists already; pass overwrite=True to replace it.")
    return name


def _take_permissions(temporary: str, target: str) -> None:
    """The rights of the file that is replaced, or those of any new file."""
    if os.path.exists(target):
        mode = os.stat(target).st_mode & 0o777
    else:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    os.chmod(temporary, mode)


def _sync_folder(folder: str) -> None:
    if os.name != "posix":  # folders cannot be opened elsewhere
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
