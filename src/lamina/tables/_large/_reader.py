"""Values of a column whose kind is decided, read as `read_table` would read them in a whole table."""

import datetime
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._date_orders import in_one_form
from .._from_texts import odd_note
from .._number_rule import NumberRule
from .._read import missing_codes, text_of
from ._fields import Fields
from ._usual import usual_numbers

_KNOWN = 100_000  # different values of a column that are remembered
_KEYS = {str, int, float, type(None)}


class ColumnReader:
    """Reads the values of one column, piece by piece.

    Args:
        name: of the column.
        is_number: whether it holds numbers, else texts.
        rule: how its texts are numbers; None for plain ones.
        missing: values that stand for missing ones, besides those that are known.
        orders: of dates, where each of several files has its own.
    Attributes: `odd`, how many values were no numbers, where numbers stand; `shown`, the first of them.
    """

    def __init__(
        self, name: str, is_number: bool, rule: NumberRule | None, missing: tuple[str, ...], orders: Sequence[str] = ()
    ):  # fmt: skip
        self.name, self.is_number, self.orders = name, is_number, orders
        self.rule = rule or NumberRule(units=("",))
        self.words, self.codes = {m.strip() for m in missing}, missing_codes(missing)
        self.odd = 0
        self.shown: list[str] = []
        self._texts: dict[Any, str] = {}
        self._numbers: dict[Any, float] = {}

    def read(self, values: Sequence[Any] | np.ndarray, source: int = 0) -> np.ndarray:
        """float64 with NaN for what is missing, or str with nothing for it, `(rows,)`; `source` is the number of the file."""
        if self.orders:
            return in_one_form(
                np.array(self._remembered(self._texts, values, self._text), dtype=str), self.orders[source]
            )
        if not self.is_number:
            if isinstance(values, Fields):
                return self._of_levels(*values.coded())
            return np.array(self._remembered(self._texts, values, self._text), dtype=str)
        numbers = self._written(values) if isinstance(values, Fields) else self._plain(values)
        if numbers is None:
            numbers = np.array(self._remembered(self._numbers, values, self._number), dtype="float64")
            self._count_odd(values, numbers)
        return np.where(np.isin(numbers, self.codes), np.nan, numbers) if self.codes else numbers

    def _of_levels(self, levels: list[str], codes: np.ndarray) -> np.ndarray:
        return np.array(self._remembered(self._texts, levels, self._text), dtype=str)[codes]

    def _written(self, fields: Fields) -> np.ndarray:
        """The numbers of texts: usual ones at once, the others by the rule, one by one."""
        numbers, is_usual = usual_numbers(fields, self.rule)
        is_told = fields.among([*self.words, ""])
        odd = np.flatnonzero(~is_usual & ~is_told)
        if len(odd):
            texts = fields.take(odd).tolist()
            numbers[odd] = self._remembered(self._numbers, texts, self._number)
            self._count_odd(texts, numbers[odd])
        return np.where(is_told, np.nan, numbers)

    def _plain(self, values: Any) -> np.ndarray | None:
        """The numbers at once, where they are plain ones."""
        if isinstance(values, np.ndarray):
            return values.astype("float64")
        takes_bare = self.rule.units is None or "" in self.rule.units
        if self.rule.comma or self.rule.times or self.rule.factors or self.words or not takes_bare:
            return None
        kinds = set(map(type, values))
        is_odd = bool in kinds or (str in kinds and "_" in "".join(v for v in values if isinstance(v, str)))
        if is_odd:  # which are numbers to Python, but to no table
            return None
        try:
            return np.array([np.nan if v is None or v == "" else v for v in values], dtype="float64")
        except (ValueError, TypeError):
            return None

    def _remembered(self, known: dict[Any, Any], values: Any, meaning: Any) -> list[Any]:
        if len(known) > _KNOWN:
            known.clear()
        found = []
        for value in values.tolist() if isinstance(values, np.ndarray) else values:
            # Others may be equal though their texts differ, as True and 1, or be no keys, as lists.
            key = value if type(value) in _KEYS else (type(value), str(value))
            if key not in known:
                known[key] = meaning(value)
            found.append(known[key])
        return found

    def _text(self, value: Any) -> str:
        return text_of(value, self.words)

    def _number(self, value: Any) -> float:
        """NaN for a missing value, and for an odd one."""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        if isinstance(value, datetime.timedelta):
            return value.total_seconds()
        text = self._text(value)
        return self.rule.value(text) if text else float("nan")

    def _count_odd(self, values: Any, numbers: np.ndarray) -> None:
        for i in np.flatnonzero(np.isnan(numbers)).tolist():
            text = self._text(values[i])
            if text:
                self.odd += 1
                if len(self.shown) < 3 and text not in self.shown:
                    self.shown.append(text)

    def note(self) -> str | None:
        """What is to be said of the values that were no numbers."""
        return odd_note(self.name, self.odd, self.shown) if self.odd else None
