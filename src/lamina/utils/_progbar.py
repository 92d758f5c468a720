"""`Progbar`: a bar of progress for loops of one's own."""

import sys
import time
from typing import Any

import numpy as np

from lamina._public import public


@public("utils.Progbar")
class Progbar:
    """Prints how far a loop has come.

    Args:
        target: number of steps in all, None if unknown.
        width: of the bar, in characters.
        verbose: 1 for a bar, 2 for one line at the end, 0 for nothing.
        interval: seconds between two prints at least.
        stateful_metrics: names of values that are shown as they are; all others are averaged over the steps.
        stateless_metrics: names of values that are averaged; all others are shown as they are. Give one of the two at most.
        unit_name: what a step is called.
    Raises ValueError if both sets of names are given.
    """

    def __init__(
        self, target: int | None, width: int = 20, verbose: int = 1, interval: float = 0.05, stateful_metrics: Any = None,
        stateless_metrics: Any = None, unit_name: str = "step",
    ):  # fmt: skip
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError("Progbar: give stateful_metrics or stateless_metrics, not both.")
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = interval
        self.unit_name = unit_name
        self._as_they_are = set(stateful_metrics or ())
        self._averaged = None if stateless_metrics is None else set(stateless_metrics)
        self._seen = 0
        self._sums: dict[str, tuple[float, float]] = {}  # name -> sum over steps, number of steps
        self._start = time.perf_counter()
        self._printed = float("-inf")

    def update(self, current: int, values: Any = None, finalize: bool | None = None) -> None:
        """Shows the progress.

        Args:
            current: steps made so far.
            values: pairs of name and value of the last step, or a dict of them.
            finalize: whether this is the end; by default when the target is reached.
        """
        for name, value in values.items() if isinstance(values, dict) else values or ():
            self._take(name, float(np.mean(value)), max(current - self._seen, 1))
        self._seen = current
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        now = time.perf_counter()
        if self.verbose == 1 and (finalize or now - self._printed >= self.interval):
            self._printed = now
            sys.stdout.write(f"\r{self._bar(current)}{self._numbers(now)}" + ("\n" if finalize else ""))
            sys.stdout.flush()
        elif self.verbose == 2 and finalize:
            sys.stdout.write(f"{self._count(current)}{self._numbers(now)}\n")
            sys.stdout.flush()

    def add(self, n: int, values: Any = None) -> None:
        """`update` after `n` further steps."""
        self.update(self._seen + n, values)

    def _take(self, name: str, value: float, steps: int) -> None:
        is_averaged = name not in self._as_they_are if self._averaged is None else name in self._averaged
        total, count = self._sums.get(name, (0.0, 0.0)) if is_averaged else (0.0, 0.0)
        self._sums[name] = (total + value * steps, count + steps)

    def _count(self, current: int) -> str:
        return f"{current}/{'Unknown' if self.target is None else self.target}"

    def _bar(self, current: int) -> str:
        if self.target is None:
            return self._count(current)
        done = min(self.width, self.width * current // max(self.target, 1))
        return f"{self._count(current)} {'━' * done}{'─' * (self.width - done)}"

    def _numbers(self, now: float) -> str:
        passed = now - self._start
        speed = f" {passed:.0f}s {1000 * passed / max(self._seen, 1):.0f}ms/{self.unit_name}"
        return speed + "".join(f" - {name}: {total / count:.4f}" for name, (total, count) in self._sums.items())
