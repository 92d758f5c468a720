"""Zip archives of strangers: what they claim is compared with what they are, and members are read by counting."""

import os
import stat
import zipfile
import zlib
from collections import Counter
from typing import Any

from ._errors import ModelFileError

_RATIO = 1000  # no model shrinks as much
_SMALL = 2**20  # of which the ratio says nothing
_RATIO_OF_ALL, _ROOM = 100, 64 * 2**20  # what all members may take together
_MOST_MEMBERS = 100_000
_PIECE = 2**20
_ENCRYPTED = 1
# lzma.LZMAError is no OSError; the others are what zipfile lets through for archives that are damaged
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    LookupError,
)
_DAMAGED_HEADS = (*_DAMAGED, MemoryError, OverflowError)


class Archive:
    """A zip archive opened for reading.

    Args:
        path: path of the file.
        what: what it should be, for messages: "a .keras file".
    Raises ModelFileError for one that is damaged, or that no writer of models makes.
    """

    def __init__(self, path: str, what: str):
        check_is_file(path)
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except _DAMAGED_HEADS as error:
            raise ModelFileError(path, None, f"not {what}, which is a zip, or a damaged one ({error}).") from None
        self.members = {info.filename: info for info in self._zip.infolist()}
        found = _fault(self._zip.infolist(), self._zip.start_dir, os.path.getsize(path))
        if found is not None:
            self._zip.close()
            raise ModelFileError(path, *found)

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *exc: Any) -> None:
        self._zip.close()

    def read(self, name: str) -> bytes:
        """A member, as long as it claims to be and no longer. Raises ModelFileError if it is missing or damaged."""
        info = self.members.get(name)
        if info is None:
            raise ModelFileError(self.path, name, "missing.")
        pieces, left = [], info.file_size
        try:
            with self._zip.open(info) as member:
                while piece := member.read(min(_PIECE, left + 1)):
                    left -= len(piece)
                    pieces.append(piece)
        except _DAMAGED as error:
            raise ModelFileError(self.path, name, f"damaged ({error}).") from None
        if left:
            raise ModelFileError(self.path, name, f"damaged (it claims {info.file_size} bytes and has {-left} more).")
        return b"".join(pieces)


def check_is_file(path: str) -> None:
    """Raises ModelFileError for a device, a pipe, a folder: reading would not end."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError) as error:
        raise ModelFileError(path, None, f"cannot be opened ({error}).") from None
    if not stat.S_ISREG(mode):
        raise ModelFileError(path, None, "a folder, not a model file." if stat.S_ISDIR(mode) else "not a plain file.")


def _fault(members: list[zipfile.ZipInfo], end: int, size: int) -> tuple[str | None, str] | None:
    """The first thing that is wrong with the directory of an archive: a member and the reason."""
    if len(members) > _MOST_MEMBERS:
        return None, f"holds {len(members)} members, as no model does."
    twice = next((name for name, n in Counter(_plain(m.filename) for m in members).items() if n > 1), None)
    if twice is not None:
        return twice, "there more than once; one cannot tell which counts."
    for member in members:
        reason = _fault_of(member)
        if reason is not None:
            return member.filename, reason
    total = sum(member.file_size for member in members)
    if total > _ROOM + _RATIO_OF_ALL * size:
        return None, f"a file of {size} bytes claims to hold {total} bytes, as no model does."
    return _overlap(members, end)


def _plain(name: str) -> str:
    """The name as file systems see it."""
    return "/".join(part for part in name.replace("\\", "/").split("/") if part not in ("", "."))


def _fault_of(member: zipfile.ZipInfo) -> str | None:
    parts = member.filename.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in parts[0]:
        return "a name that leads out of the archive."
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a link, which a model file must not hold."
    if member.flag_bits & _ENCRYPTED:
        return "encrypted; a model file is read without a password."
    if member.file_size > _SMALL and member.file_size > _RATIO * max(member.compress_size, 1):
        return f"grows from {member.compress_size} to {member.file_size} bytes, as no model does."
    if member.compress_type == zipfile.ZIP_STORED and member.file_size != member.compress_size:
        return f"not compressed, and yet claims {member.compress_size} bytes to be {member.file_size}."
    return None


def _overlap(members: list[zipfile.ZipInfo], end: int) -> tuple[str, str] | None:
    """Members that share bytes, by which small files unpack to large ones, or that lie behind the directory."""
    ordered = sorted(members, key=lambda m: m.header_offset)
    starts = [*(m.header_offset for m in ordered[1:]), end]
    for member, start in zip(ordered, starts):
        if member.header_offset + 30 + len(member.filename) + member.compress_size > start:
            return member.filename, "overlaps what lies behind it."
    return None
