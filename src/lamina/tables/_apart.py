"""`check_apart`: what is read is never written over."""

import os
from typing import Any

from ._errors import TableError
from ._frames import is_paths
from ._read import file_of


def check_apart(path: Any, *read: Any) -> None:
    """Raises TableError if a file to be written is one, or in a list, of those that are read, whatever it is called there.

    What is read may also be None, "-", a URL or a frame, which are no files.
    """
    if not os.path.exists(path):
        return
    for data in read:
        for name in data if is_paths(data) else [data]:
            for source in _files(name):
                if os.path.exists(source) and os.path.samefile(path, source):
                    raise TableError(
                        f"{os.fspath(path)}: is read itself, and would be overwritten; choose another name to write to."
                    )


def _files(name: Any) -> tuple[str, ...]:
    """What a name may be the file of: itself, or the database that it says a table of."""
    if not isinstance(name, (str, os.PathLike)):
        return ()
    path = os.fspath(name)
    return path, file_of(path)
