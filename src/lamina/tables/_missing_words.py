"""Words that stand for missing entries, as `none` or `Na`, where they may be categories all the same."""

from collections import Counter
from typing import Any

import numpy as np

from ._numbers import MISSING

_WORDS = {word for word in MISSING if word.isalpha()}
_FEW = 9  # so many different texts are categories, however short the table


def note_on_words(name: str, raw: np.ndarray, texts: np.ndarray, told: set[str]) -> list[str]:
    """A sentence if words in a column of categories are taken as missing that are about as frequent as these.

    Args:
        name: of the column.
        raw: its values as they stand in the file; `texts`, as they were read, nothing where they are missing.
        told: values of which was told that they stand for missing ones.
    """
    if texts.dtype.kind == "f":
        return []
    known = Counter(texts[texts != ""].tolist())
    if not 1 < len(known) <= max(known.total() / 2, _FEW):
        return []
    usual = float(np.median(list(known.values())))
    found = Counter(map(_stripped, raw[texts == ""].tolist()))
    shown = {w: n for w, n in found.items() if w.casefold() in _WORDS and w not in told and n > 1 and 2 * n >= usual}
    if not shown:
        return []
    words = ", ".join(map(repr, sorted(shown)))
    return [
        f"Column {name!r}: {sum(shown.values())} of {len(texts)} entries ({words}) are taken as missing; if that is a category, "
        "write it in another way."
    ]


def _stripped(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
