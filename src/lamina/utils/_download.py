"""A file from a URL: resumed where the connection broke, checked, and only then given its name.

What has come so far lies in `NAME.part` beside the target. Whoever downloads takes it by renaming it, so two never write into
one file.
"""

import hashlib
import http.client
import os
import re
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from lamina import __version__
from lamina._interrupts import InterruptedOnce
from lamina.config._switches import is_interactive_logging_enabled

TIMEOUT_S = 60
ATTEMPTS = 5
PAUSE_S = 1.0  # after the first break, twice as long after each further one
CHUNK = 1 << 16
ALGORITHMS = {"sha256": ("SHA-256", 64), "md5": ("MD5", 32)}


class _Broken(Exception):
    """The connection ended before the file did; what came can be kept."""


class NotFetched(OSError):
    """A file that cannot be fetched: the message says what to do, `reason` why."""

    def __init__(self, message: str, reason: Any):
        super().__init__(message)
        self.reason = str(reason)


class TooLarge(ValueError):
    """A file of more bytes than were allowed."""


def download(
    origin: str, target: str, digest: str | None, algorithm: str, *, most: int | None = None, aside: bool = False
) -> None:
    """Fetches `origin` into the file `target`.

    Args:
        origin: URL.
        target: path; its folder exists.
        digest: hexadecimal, that the content must have; None for no check.
        algorithm: "sha256" or "md5".
        most: bytes that it may have; None for any number.
        aside: whether progress is shown on the standard error, and there on terminals alone.
    Raises NotFetched (an OSError), saying what to do, if it cannot be fetched; TooLarge (a ValueError) if it has more bytes
        than it may; ValueError if what came is not the file. Then the target is as it was.
    """
    own = f"{target}.{os.getpid()}-{threading.get_ident()}.part"
    with InterruptedOnce():
        try:
            _take(f"{target}.part", own, digest)
            _fetch(_Transfer(origin, own, most), target, digest, aside)
        except BaseException:
            _leave(own, f"{target}.part", digest)
            raise
    if digest is not None and (found := digest_of(own, algorithm)) != digest.lower():
        os.remove(own)
        raise ValueError(
            f"{origin}: the content has {ALGORITHMS[algorithm][0]} {found}, expected {digest}; it was not kept. Either the "
            "file has changed, or something on the way did."
        )
    os.replace(own, target)


def digest_of(path: str, algorithm: str) -> str:
    """The hexadecimal digest of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()


def _take(left: str, own: str, digest: str | None) -> None:
    """Makes what an earlier call left our own."""
    if digest is not None and os.path.exists(left):
        os.replace(left, own)


def _leave(own: str, left: str, digest: str | None) -> None:
    """Keeps what came for the next call. Without a digest nobody could tell whether the rest still fits: it goes."""
    if os.path.exists(own):
        os.remove(own) if digest is None else os.replace(own, left)


def _fetch(state: "_Transfer", target: str, digest: str | None, aside: bool) -> None:
    origin = state.origin
    with _progress(origin, aside) as show:
        for attempt in range(ATTEMPTS):
            try:
                state.go_on(show)
                return
            except http.client.InvalidURL as error:
                raise _cannot(origin, target, error) from error
            except (_Broken, ConnectionError, TimeoutError, http.client.HTTPException) as error:
                reason: Any = error
            except urllib.error.HTTPError as error:
                if error.code < 500:
                    raise _cannot(origin, target, error) from error
                reason = error
            except OSError as error:  # no such host, no network, no such file: another attempt would not help
                raise _cannot(origin, target, error) from error
            if attempt + 1 < ATTEMPTS:
                time.sleep(PAUSE_S * 2**attempt)
    kept = "" if digest is None else "; what came is kept, and the next call goes on from there"
    raise _cannot(origin, target, f"{reason}, {ATTEMPTS} times{kept}")


def _cannot(origin: str, target: str, reason: Any) -> NotFetched:
    return NotFetched(
        f"Could not fetch {origin} ({reason}). Put the file at {target} yourself, or set KERAS_HOME to a folder whose "
        f"{os.path.basename(os.path.dirname(target))}/ holds it.",
        reason,
    )


class _Transfer:
    """What has come of a file, and which version of it the server gave.

    Args:
        origin: URL.
        path: where it is written.
        most: bytes that it may have; None for any number.
    """

    def __init__(self, origin: str, path: str, most: int | None):
        self.origin = origin
        self.path = path
        self.most = most
        self.version: str | None = None

    def go_on(self, show: Callable[[int, int | None], None]) -> None:
        """Fetches what is missing. Raises _Broken if the connection ends too early."""
        have = os.path.getsize(self.path) if os.path.exists(self.path) else 0
        try:
            response = self._open(have)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code != 416 or not have:
                raise
            os.remove(self.path)  # what we have is longer than the file
            raise _Broken("the server had less of the file than was kept") from error
        with response:
            start, total = _extent(response, have)
            self.version = response.headers.get("ETag") or response.headers.get("Last-Modified")
            with open(self.path, "r+b" if start else "wb") as file:
                file.seek(start)
                file.truncate()
                self._copy(response, file, start, total, show)
                file.flush()
                os.fsync(file.fileno())

    def _open(self, have: int) -> Any:
        request = urllib.request.Request(
            self.origin, headers={"User-Agent": f"lamina/{__version__}", "Accept-Encoding": "identity"}
        )
        if have:
            request.add_header("Range", f"bytes={have}-")
            if self.version is not None:
                request.add_header("If-Range", self.version)
        return urllib.request.urlopen(request, timeout=TIMEOUT_S)

    def _copy(self, response: Any, file: Any, done: int, total: int | None, show: Callable[..., Any]) -> None:
        self._check_size(total or 0)
        while chunk := response.read(CHUNK):
            done += len(chunk)
            self._check_size(done)
            file.write(chunk)
            show(done, total)
        if total is not None and done < total:
            raise _Broken(f"the connection ended after {done:,} of {total:,} bytes")

    def _check_size(self, size: int) -> None:
        if self.most is not None and size > self.most:
            raise TooLarge(f"{self.origin}: more than {self.most:,} bytes.")


def _extent(response: Any, have: int) -> tuple[int, int | None]:
    """Where what comes begins, and how long the whole file is, as far as the server says."""
    length = response.headers.get("Content-Length")
    length = int(length) if length is not None and length.isdigit() else None
    if getattr(response, "status", None) != 206:
        return 0, length
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
    if found is None or int(found[1]) > have:
        raise _Broken(f"the server sent another part than was asked for ({response.headers.get('Content-Range')})")
    total = None if found[2] == "*" else int(found[2])
    return int(found[1]), total if total is not None or length is None else int(found[1]) + length


@contextmanager
def _progress(origin: str, aside: bool) -> Iterator[Callable[[int, int | None], None]]:
    """A function that shows (bytes so far, bytes in all): a bar on a terminal, one line elsewhere, none if aside."""
    stream = sys.stderr if aside else sys.stdout
    is_shown = is_interactive_logging_enabled()
    if is_shown and not (aside and not stream.isatty()):
        print(f"Downloading data from {origin}", file=stream, flush=True)
    if not is_shown or not stream.isatty():
        yield lambda done, total: None
        return
    from rich import console, progress

    columns = (
        progress.BarColumn(),
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=console.Console(file=stream)) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
