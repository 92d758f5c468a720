"""What was compiled, kept from one run of a program to the next in a folder of the user's.

The folder is `lamina/machine` under `$XDG_CACHE_HOME` (`~/.cache`), or `$LAMINA_CACHE/machine`; `LAMINA_CACHE=0` keeps nothing.
Only what the user owns and nobody else can write is ever read, each file begins with the digest of the rest, and whatever
does not fit is compiled anew without a word: a cache is never needed.
"""

import contextlib
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

LARGEST = 128 * 2**20  # bytes of all files together
_SUFFIX = ".object"
_DIGEST = hashlib.sha256


def folder() -> Path | None:
    """Where compiled modules are kept, None where nothing is to be kept."""
    asked = os.environ.get("LAMINA_CACHE", "")
    if asked == "0":
        return None
    if asked:
        return Path(asked) / "machine"
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(home) / "lamina" / "machine"


def key_of(*parts: str) -> str:
    """The name of what was compiled from these texts."""
    return _DIGEST("\0".join(parts).encode()).hexdigest()


def read(key: str) -> bytes | None:
    """What was kept by that name, None if nothing sound is there."""
    if (home := folder()) is None or not _is_private(home):
        return None
    path = home / (key + _SUFFIX)
    try:
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)), "rb") as file:
            if not _is_ours(os.fstat(file.fileno()), stat.S_ISREG):
                return None
            digest, content = file.read(_DIGEST().digest_size), file.read()
        if _DIGEST(content).digest() != digest:
            return None
        os.utime(path)  # used last now
        return content
    except OSError:
        return None


def write(key: str, content: bytes) -> None:
    """Keeps the content by that name if it can be kept; the files that were unused for longest make room."""
    if (home := folder()) is None:
        return
    with contextlib.suppress(OSError):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_private(home):
            return
        _make_room(len(content))
        # Not brought to disk before it takes its name: the digest tells what is damaged.
        handle, temporary = tempfile.mkstemp(suffix=".tmp", dir=home)
        try:
            with open(handle, "wb") as file:
                file.write(_DIGEST(content).digest() + content)
            os.replace(temporary, home / (key + _SUFFIX))
        except BaseException:
            os.unlink(temporary)
            raise


def files() -> list[tuple[Path, int, float]]:
    """Path, bytes and time of last use of every file that is kept, the longest unused first."""
    found = []
    for path in _kept():
        with contextlib.suppress(OSError):  # gone since
            seen = path.stat()
            found.append((path, seen.st_size, seen.st_mtime))
    return sorted(found, key=lambda file: file[2])


def clear() -> int:
    """Removes what is kept; returns how many files that were."""
    gone = [path for path in _kept() if _removed(path)]
    return len(gone)


def _kept() -> Iterator[Path]:
    if (home := folder()) is not None and _is_private(home):
        yield from (path for path in home.iterdir() if path.suffix in (_SUFFIX, ".tmp"))


def _make_room(size: int) -> None:
    kept = files()
    total = size + sum(n for _, n, _ in kept)
    for path, n, _ in kept:
        if total <= LARGEST:
            break
        total -= n if _removed(path) else 0


def _removed(path: Path) -> bool:
    with contextlib.suppress(OSError):
        path.unlink()
        return True
    return False


def _is_private(home: Path) -> bool:
    try:
        return _is_ours(os.lstat(home), stat.S_ISDIR)
    except OSError:
        return False


def _is_ours(seen: os.stat_result, is_kind: object) -> bool:
    """Of that kind, the user's own, and not to be written by anybody else (where the system knows users)."""
    if not is_kind(seen.st_mode):  # type: ignore[operator]
        return False
    return not hasattr(os, "getuid") or (seen.st_uid == os.getuid() and not seen.st_mode & 0o022)
