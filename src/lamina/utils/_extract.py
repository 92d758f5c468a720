"""Archives taken apart into a folder that nothing in them can leave."""

import os
import shutil
import stat
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from lamina._interrupts import InterruptedOnce, Uninterrupted

# What an archive may become: more than that many times its size, and more than that many bytes, is a bomb.
MAX_RATIO = 200
MIN_BYTES = 1 << 28
MAX_FILES = 5_000_000
_CHUNK = 1 << 20


@dataclass(frozen=True)
class _Member:
    """A file or folder in an archive."""

    name: str
    is_folder: bool
    size: int
    open: Callable[[], IO[bytes]]


def extract(archive: str, folder: str, formats: Any = "auto") -> bool:
    """Takes a tar (also compressed) or zip archive apart into `folder`, which is replaced as a whole.

    Args:
        archive: path.
        folder: path.
        formats: "auto", "tar", "zip", a list of these, or None for none.
    Returns: whether it is an archive of these formats.
    Raises ValueError, naming the member, for links, devices, absolute paths, paths with `..`, and bombs; nothing is left then.
    """
    for members in _readers(archive, formats):
        os.makedirs(os.path.dirname(os.path.abspath(folder)), exist_ok=True)
        with InterruptedOnce():
            _replace(folder, archive, members)
        return True
    return False


def _replace(folder: str, archive: str, members: Iterator[_Member]) -> None:
    parent = os.path.dirname(os.path.abspath(folder))
    fresh = ""
    try:
        with Uninterrupted():
            fresh = tempfile.mkdtemp(prefix=f".{os.path.basename(folder)}.", dir=parent)
        _write_all(archive, members, fresh)
        os.chmod(fresh, 0o755)
        with Uninterrupted():
            if os.path.isdir(folder):
                shutil.rmtree(folder)
            os.replace(fresh, folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _readers(archive: str, formats: Any) -> Iterator[Iterator[_Member]]:
    """The members of the archive, read as the first format that fits."""
    wanted = ["tar", "zip"] if formats == "auto" else [formats] if isinstance(formats, str) else list(formats or ())
    known = {"tar": (tarfile.is_tarfile, _in_tar), "zip": (zipfile.is_zipfile, _in_zip)}
    for name in wanted:
        if name not in known:
            raise ValueError(f"archive_format must be 'auto', 'tar', 'zip', a list of these or None; got {formats!r}.")
    for name in wanted:
        fits, members = known[name]
        if fits(archive):
            yield members(archive)
            return


def _in_tar(archive: str) -> Iterator[_Member]:
    with tarfile.open(archive) as file:
        for info in file:
            if not (info.isreg() or info.isdir()):
                kind = "a link" if info.issym() or info.islnk() else "no file but a device or pipe"
                raise ValueError(f"{archive}: {info.name!r} is {kind}; such archives are not taken apart.")
            yield _Member(info.name, info.isdir(), info.size, lambda info=info: file.extractfile(info))  # type: ignore


def _in_zip(archive: str) -> Iterator[_Member]:
    with zipfile.ZipFile(archive) as file:
        for info in file.infolist():
            mode = info.external_attr >> 16
            if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise ValueError(
                    f"{archive}: {info.filename!r} is a link or device; such archives are not taken apart."
                )
            yield _Member(info.filename, info.is_dir(), info.file_size, lambda info=info: file.open(info))  # type: ignore


def _write_all(archive: str, members: Iterator[_Member], folder: str) -> None:
    limit = max(MAX_RATIO * os.path.getsize(archive), MIN_BYTES)
    written = 0
    try:
        for count, member in enumerate(members):
            if count >= MAX_FILES:
                raise ValueError(f"{archive}: it holds more than {MAX_FILES:,} files.")
            target = _target(archive, member.name, folder)
            if member.is_folder:
                os.makedirs(target, exist_ok=True)
                continue
            os.makedirs(os.path.dirname(target), exist_ok=True)
            written += _write(archive, member, target, limit - written)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, NotADirectoryError, IsADirectoryError) as error:
        raise ValueError(f"{archive}: the archive is damaged ({error}).") from error
    except RuntimeError as error:  # zipfile's word for a password
        raise ValueError(f"{archive}: {error}.") from error


def _target(archive: str, name: str, folder: str) -> str:
    """Where a member goes. Raises ValueError for a name that leads out of the folder."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    if name.startswith(("/", "\\")) or ".." in parts or os.path.splitdrive(name)[0] or "\0" in name:
        raise ValueError(f"{archive}: {name!r} leads out of the folder; such archives are not taken apart.")
    return os.path.join(folder, *parts)


def _write(archive: str, member: _Member, target: str, room: int) -> int:
    """Copies a member; its declared size is not trusted. Returns the bytes written."""
    written = 0
    with member.open() as source, open(target, "wb") as file:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > room:
                raise ValueError(
                    f"{archive}: it grows to more than {MAX_RATIO} times its size, at {member.name!r}; that is what a bomb "
                    "does. If you trust it, take it apart yourself."
                )
            file.write(chunk)
    return written
