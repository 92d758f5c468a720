"""Which part of a batch this process computes, of several that share it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    """Rows `start` to `start + size` of a batch of `total`, of which the first `counted` count: a process for which no rows are
    left computes one that does not."""

    start: int
    size: int
    total: int
    counted: int

    @property
    def weight(self) -> float:
        """What a mean over this part counts in the mean over the batch."""
        return self.counted / self.total

    def of(self, x: Any) -> Any:
        """These rows of something that has those of the whole batch."""
        return x[self.start : self.start + self.size]


class _Local(threading.local):
    part: Part | None = None


local = _Local()


@contextmanager
def computing(part: Part | None) -> Iterator[None]:
    """Inside it this thread computes that part."""
    before, local.part = local.part, part
    try:
        yield
    finally:
        local.part = before
