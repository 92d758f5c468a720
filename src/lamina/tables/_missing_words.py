"""Words and values for missing entries: such as may be categories all the same, and such as were told but stand nowhere."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from ._number_rule import NumberRule
from ._numbers import MISSING
from ._parts import plain_number
from ._table import Table

_WORDS = {word for word in MISSING if word.isalpha()}
_PLUS = re.compile(r"\(?\++\)?")
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
    has_plus = any(_PLUS.fullmatch(text) for text in known)  # beside which - is most often no gap
    if not (len(known) > 1 or has_plus) or len(known) > max(known.total() / 2, _FEW):
        return []
    usual = float(np.median(list(known.values())))
    found = Counter(map(_stripped, raw[texts == ""].tolist()))
    words = _WORDS | {"-", "–"} if has_plus else _WORDS
    shown = {w: n for w, n in found.items() if w.casefold() in words and w not in told and n > 1 and 2 * n >= usual}
    if not shown:
        return []
    listed = ", ".join(map(repr, sorted(shown)))
    return [
        f"Column {name!r}: {sum(shown.values())} of {len(texts)} entries ({listed}) are taken as missing; if that is a category, "
        "write it in another way."
    ]


def _stripped(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def unseen_notes(table: Table, missing: Sequence[str], where: str) -> list[str]:
    """A sentence for each value that was told to stand for missing ones and that no column holds.

    Args:
        table: as it was read.
        missing: the values, as texts.
        where: what was looked through, as `the table`.
    """
    if not missing:
        return []
    held = {name: {str(value).strip() for value in values.tolist()} for name, values in table.raw.items()}
    told = [m for m in dict.fromkeys(missing) if m.strip().casefold() not in MISSING]
    unseen = [m for m in told if not any(m.strip() in texts for texts in held.values())]
    if any(plain_number(m) is not None for m in unseen):
        numbers = {_number(text, table.rules.get(name)) for name, texts in held.items() for text in texts} - {None}
        unseen = [m for m in unseen if plain_number(m) not in numbers]
    return [f"--missing {value}: no entry of {where} is {value!r}." for value in unseen]


def _number(text: str, rule: NumberRule | None) -> float | None:
    """What a text is as a number, by the rule of its column if there is one."""
    return plain_number(text) if rule is None else rule.value(text)
