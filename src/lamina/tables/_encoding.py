"""From bytes to text, by what the bytes say themselves."""

import codecs
from typing import Any

from ._errors import TableError
from ._guess import guess

_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b(J")  # of ISO-2022-JP
_SAMPLE = 1 << 18


def decode(content: bytes, path: str, encoding: str | None = None) -> tuple[str, list[str]]:
    """The text of a file, and notes on how it was read.

    Args:
        content: the file.
        path: named in errors.
        encoding: the encoding, if the user told it.
    Raises TableError if the bytes are no text, or in no encoding that can be told.
    """
    if encoding is not None:
        try:
            return content.decode(encoding), []
        except LookupError:
            raise no_encoding(encoding) from None
        except UnicodeError as error:
            raise TableError(f"{path}: not in the encoding {encoding} ({_where(content, error)}).") from None
    found, notes = encoding_of(content, path)
    return _strictly(content, found, path), notes


def no_encoding(name: str) -> TableError:
    """The mistake of a name that no encoding has."""
    return TableError(f"--encoding {name}: there is no encoding of this name.")


def encoding_of(content: bytes, path: str) -> tuple[str, list[str]]:
    """The encoding of a file, or of lines of it, and notes. Raises TableError as `decode`."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name, []
    wide = _wide(content[:_SAMPLE])
    if wide:
        return wide, [f"Read as {wide.upper()}."]
    if b"\0" in content[:_SAMPLE]:
        raise TableError(f"{path}: this is no text file, and no file of a kind that tables are read from.")
    if any(escape in content for escape in _ESCAPES):
        return "iso2022_jp", ["Read as ISO-2022-JP."]
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _guessed(content, path, error)
    return "utf-8", []


def _guessed(content: bytes, path: str, error: UnicodeDecodeError) -> tuple[str, list[str]]:
    """The encoding of what is not UTF-8, and a note. Raises TableError where it cannot be told."""
    if _is_mostly_utf8(content):
        raise TableError(
            f"{path}: UTF-8 but for some bytes, the first in {_where(content, error)}. Write all lines in one encoding, or name "
            "that of all with --encoding."
        )
    found = guess(content)
    if not found:
        raise TableError(
            f"{path}: neither UTF-8 nor another encoding that can be told ({_where(content, error)}); name it with --encoding."
        )
    if len(found) > 1:
        readings = ", ".join(f"{c.encoding.upper()} ({c.word!r})" for c in found[:4])
        raise TableError(
            f"{path}: not UTF-8, and too little tells which encoding it is: {readings}, or another? Name it with --encoding."
        )
    best = found[0]
    return best.encoding, [
        f"Not UTF-8: read as {best.encoding.upper()}, as in {best.word!r}; --encoding takes another."
    ]


def _is_mostly_utf8(content: bytes) -> bool:
    """Whether sequences of UTF-8 stand in it, and many more of them than of bytes that are none."""
    text = content.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    return sum(not c.isascii() for c in text) - bad > 3 * bad


def _strictly(content: bytes, encoding: str, path: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeError as error:
        raise TableError(f"{path}: begins like {encoding} but is not ({_where(content, error)}).") from None


def _wide(sample: bytes) -> str | None:
    """UTF-16 without its mark: every second byte of the ASCII characters is zero."""
    if len(sample) < 4 or b"\0" not in sample:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    most = 0.2 * (len(sample) / 2)
    if odd > most and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > most and odd == 0 else None


def _where(content: bytes, error: Any) -> str:
    start = getattr(error, "start", 0)
    return f"line {content.count(bytes([10]), 0, start) + 1}: {content[start : start + 4]!r}"
