"""Tables on the web: fetched into a folder that goes when they are read."""

import os
import re
import tempfile
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager

from lamina.utils._download import NotFetched, TooLarge, download

from ._errors import TableError

MOST_BYTES = 1 << 30  # of a file that is fetched
_PLAIN = "%/:=&?~#+!$,;'@()*[]"  # letters of an address that stay as they are
_KINDS = {b"PAR1": ".parquet", b"ARROW1": ".feather", b"\x1f\x8b": ".gz", b"PK\x03\x04": ".zip"}


def is_url(path: str) -> bool:
    """Whether a path is an address of the web."""
    return re.match(r"https?://", path, re.IGNORECASE) is not None


def file_name(path: str) -> str:
    """The last part of a path or an address, without its query."""
    if is_url(path):
        path = urllib.parse.unquote(re.sub(r"^[^/]*//[^/?#]*|[?#].*", "", path))
    return os.path.basename(path)


@contextmanager
def fetched(url: str) -> Iterator[str]:
    """The path of the file at an address, which goes after use.

    Raises TableError if it cannot be fetched, or has more than `MOST_BYTES` bytes.
    """
    with tempfile.TemporaryDirectory(prefix="lamina-") as folder:
        name = re.sub(r"[^\w.-]", "_", file_name(url))[-80:] or "table"
        place = os.path.join(folder, name)
        try:
            download(urllib.parse.quote(url, safe=_PLAIN), place, None, "sha256", most=MOST_BYTES, aside=True)
        except TooLarge:
            raise TableError(
                f"{url}: has more than {MOST_BYTES:,} bytes, the most that is fetched. Download it, and give the file."
            ) from None
        except NotFetched as error:
            raise TableError(f"{url}: cannot be fetched ({error.reason}).") from None
        except ValueError as error:
            raise TableError(f"{url}: no address that can be fetched ({error}).") from None
        yield _with_suffix(place)


def _with_suffix(place: str) -> str:
    """The path of the file, renamed by what it begins with if its name does not say what it is."""
    if os.path.splitext(place)[1]:
        return place
    with open(place, "rb") as file:
        start = file.read(8)
    suffix = next((kind for mark, kind in _KINDS.items() if start.startswith(mark)), "")
    os.replace(place, place + suffix)
    return place + suffix
