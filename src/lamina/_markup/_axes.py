"""A plot as SVG: axes with round ticks, and marks on them; colours come from the page, text stays text."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ._html import Markup, element

_WIDTH, _HEIGHT = 360, 240
_LETTER = 6.2  # width of a letter of ticks, Hangul and the like take two
_TOP, _RIGHT, _BOTTOM = 10, 14, 38
_Range = tuple[float, float]


def width_of(text: str) -> int:
    """How many narrow letters wide a text is."""
    return sum(2 if ord(letter) >= 0x1100 else 1 for letter in text)


def cut(text: str, most: int) -> str:
    """The text, shortened with an ellipsis to at most so many narrow letters."""
    if width_of(text) <= most:
        return text
    kept = ""
    for letter in text:
        if width_of(kept) + width_of(letter) > most - 1:
            break
        kept += letter
    return kept.rstrip() + "…"


def ticks_of(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers within a range, at most so many."""
    rough = (high - low) / most
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * m for m in (1, 2, 2.5, 5, 10) if unit * m >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [float(f"{i * step:.10g}") for i in range(first, math.floor(high / step + 1e-9) + 1)]


def labelled(ticks: list[float]) -> list[tuple[float, str]]:
    """Each tick with its text, in as many digits as tell them apart."""
    short = [f"{t:g}" for t in ticks]
    is_clear = [float(text) for text in short] == ticks
    return list(zip(ticks, short if is_clear else [f"{t:.10g}" for t in ticks]))


def range_of(*values: Any, zero: bool = False) -> _Range:
    """The range of all finite values, a little widened; never empty."""
    every = np.concatenate([np.ravel(np.asarray(v, "float64")) for v in values])
    every = every[np.isfinite(every)]
    if zero:
        every = np.append(every, 0.0)
    if not len(every):
        return 0.0, 1.0
    low, high = float(every.min()), float(every.max())
    room = 0.04 * (high - low) or 0.5 * abs(high) or 0.5
    return (low if zero and low == 0 else low - room), high + room


class Axes:
    """A plot, 360 units wide and 240 high.

    Args:
        x, y: ranges, or names of levels for `x`.
        x_label, y_label: what is along them.
        title: what a screen reader reads.
        ticks: own labels of `x`, (place, text).
    """

    def __init__(
        self, x: _Range | Sequence[str], y: _Range, x_label: str, y_label: str, title: str,
        ticks: list[tuple[float, str]] | None = None, log: bool = False,
    ):  # fmt: skip
        self.levels = [str(v) for v in x] if x and isinstance(x[0], str) else None
        self.x: Any = (-0.5, len(x) - 0.5) if self.levels is not None else x
        self.log = log
        self.y = y
        self.labels, self.title, self.own_ticks = (x_label, y_label), title, ticks
        self.y_ticks = self._y_ticks()
        self.left = 24 + _LETTER * max([width_of(t) for _, t in self.y_ticks] or [1])
        self.marks: list[Markup] = []
        self.height = _HEIGHT
        if self.levels is not None and self._turned():
            self.height += int(min(max(map(width_of, self.levels)), 14) * 4.6)

    def _y_ticks(self) -> list[tuple[float, str]]:
        if self.log:
            self.y = (math.log10(self.y[0]), math.log10(self.y[1]))
            between = (1, 2, 5) if self.y[1] - self.y[0] < 2 else (1,)
            every = (m * 10.0**p for p in range(math.floor(self.y[0]), math.ceil(self.y[1])) for m in between)
            values = [
                v
                for v in (*every, 10.0 ** math.ceil(self.y[1]))
                if self.y[0] - 1e-9 <= math.log10(v) <= self.y[1] + 1e-9
            ]
            return [(math.log10(v), f"{v:g}") for v in values]
        return labelled(ticks_of(*self.y))

    def _turned(self) -> bool:
        """Whether names of levels are too wide to stand beside each other."""
        room = (_WIDTH - 60) / len(self.levels or [""])
        return any(width_of(name) * _LETTER > room - 4 for name in self.levels or [])

    def across(self, x: Any) -> np.ndarray:
        """Places of values from left to right."""
        low, high = self.x
        return self.left + (np.asarray(x, "float64") - low) / (high - low) * (_WIDTH - _RIGHT - self.left)

    def down(self, y: Any) -> np.ndarray:
        """Places of values from top to bottom."""
        low, high = self.y
        values = np.asarray(y, "float64")
        if self.log:
            values = np.log10(np.maximum(values, 10.0**low))
        return _TOP + (high - np.clip(values, low, high)) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    def line(self, x: Any, y: Any, kind: str) -> None:
        """A line through points; those that are no numbers are left out."""
        keep = np.isfinite(np.asarray(y, "float64"))
        self._path(_steps(self.across(x)[keep], self.down(y)[keep]), kind)

    def band(self, x: Any, low: Any, high: Any, kind: str) -> None:
        """The space between two lines."""
        across = self.across(x)
        there, back = _steps(across, self.down(low)), _steps(across[::-1], self.down(high)[::-1])
        self._path(f"{there}L{back[1:]}Z", kind)

    def dots(self, x: Any, y: Any, kind: str) -> None:
        """Points."""
        places = zip(self.across(x), self.down(y))
        self._path("".join(f"M{_short(a)} {_short(b)}h0" for a, b in places), kind)

    def whiskers(self, x: Any, low: Any, high: Any, kind: str) -> None:
        """Upright lines."""
        every = zip(self.across(x), self.down(low), self.down(high))
        self._path("".join(f"M{_short(a)} {_short(b)}V{_short(c)}" for a, b, c in every), kind)

    def bars(self, left: Any, right: Any, y: Any, kind: str) -> None:
        """Bars from 0 up."""
        floor = _short(float(self.down(0.0)))
        every = zip(self.across(left), self.across(right), self.down(y))
        self._path("".join(f"M{_short(a)} {floor}V{_short(c)}H{_short(b)}V{floor}Z" for a, b, c in every), kind)

    def marks_below(self, x: Any, kind: str = "rug") -> None:
        """Short lines at the bottom, one for each value."""
        floor = _HEIGHT - _BOTTOM
        self._path("".join(f"M{_short(a)} {floor}v-5" for a in np.unique(np.round(self.across(x), 1))), kind)

    def _path(self, steps: str, kind: str) -> None:
        self.marks.append(element("path", d=steps, class_=kind))

    def render(self, legend: Sequence[tuple[str, str]] = ()) -> Markup:
        """The figure: the plot, and below it what the colours mean, (kind, text)."""
        svg = element(
            "svg", element("title", self.title), self._grid(), *self.marks, self._names(),
            viewBox=f"0 0 {_WIDTH} {self.height}", role="img",
        )  # fmt: skip
        keys = [element("span", element("i", class_=f"key {kind}"), text) for kind, text in legend]
        return element("figure", svg, element("figcaption", *keys) if keys else None)

    def _grid(self) -> Markup:
        right, floor = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
        parts: list[Markup] = []
        for value, text in self.y_ticks:
            at = _short(float(_TOP + (self.y[1] - value) / (self.y[1] - self.y[0]) * (floor - _TOP)))
            parts.append(element("path", d=f"M{_short(self.left)} {at}H{right}", class_="grid"))
            parts.append(_text(text, self.left - 4, float(at) + 3.5, "end"))
        parts.append(element("path", d=f"M{_short(self.left)} {floor}H{right}", class_="axis"))
        return element("g", *parts)

    def _names(self) -> Markup:
        floor = _HEIGHT - _BOTTOM
        middle = (self.left + _WIDTH - _RIGHT) / 2
        parts: list[Markup] = []
        turned = self.levels is not None and self._turned()
        for place, text in self._x_ticks():
            at = float(self.across(place))
            turn = f"rotate(-40 {_short(at)} {floor + 12})" if turned else None
            half = width_of(text) * _LETTER / 2
            at = at if turned else min(max(at, half), _WIDTH - half)
            parts.append(_text(text, at, floor + 13, "end" if turned else "middle", transform=turn))
        room = int((_WIDTH - _RIGHT - self.left) / _LETTER)
        parts.append(_text(cut(self.labels[0], room), middle, self.height - 6, "middle", class_="name"))
        height = (_TOP + floor) / 2
        most = int((floor - _TOP + 20) / _LETTER)
        parts.append(
            _text(cut(self.labels[1], most), 11, height, "middle", class_="name", transform=f"rotate(-90 11 {_short(height)})")
        )  # fmt: skip
        return element("g", *parts)

    def _x_ticks(self) -> list[tuple[float, str]]:
        if self.own_ticks is not None:
            return self.own_ticks
        if self.levels is not None:
            return [(i, cut(name, 14)) for i, name in enumerate(self.levels)]
        found = labelled(ticks_of(*self.x))
        return found if max(len(text) for _, text in found) <= 6 else labelled(ticks_of(*self.x, most=3))


def _text(text: str, x: float, y: float, anchor: str, **attributes: Any) -> Markup:
    return element("text", text, x=_short(x), y=_short(y), text_anchor=anchor, **attributes)


def _steps(x: np.ndarray, y: np.ndarray) -> str:
    return "M" + "L".join(f"{_short(a)} {_short(b)}" for a, b in zip(x, y))


def _short(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
