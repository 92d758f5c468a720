"""JSON texts of files, read within bounds: what the text would take as objects is counted before any is made."""

import json
from typing import Any

# What lists, dicts and their entries take in Python, at most. A vocabulary of a million words is 70 MB of it.
_ENTRY, _LIST, _DICT = 64, 64, 240
_LARGEST = 256 * 2**20


def parse_json(text: bytes | str) -> Any:
    """The value of a JSON text.

    Raises ValueError, with the reason, for a text that is none, nests too deeply, has a key twice in one object, or would
    take more than 256 MB.
    """
    content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    size = _LIST * content.count(b"[") + _DICT * content.count(b"{") + _ENTRY * content.count(b",") + len(content)
    if size > _LARGEST:
        raise ValueError(f"a text of {len(content)} bytes that would take up to {size} bytes, as no config does")
    try:
        return json.loads(content, object_pairs_hook=_once)
    except RecursionError:
        raise ValueError("not valid JSON: nested too deeply") from None
    except ValueError as error:  # of JSON, of UTF-8, and of numbers with too many digits
        raise ValueError(f"not valid JSON ({error})") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} is there twice")
    return found
