"""Elements kept in memory once they have been read to the end."""

from collections.abc import Callable, Iterator
from typing import Any


class Cache:
    """What `make` gives, kept from the first time that it is read to its end.

    Args:
        streams_of: function of `make` that gives the state of the random streams in it.

    Attributes: `streams`, that state when the reading began that filled the cache.
    """

    def __init__(self, streams_of: Callable[[Any], Any]):
        self._streams_of = streams_of
        self._kept: list[Any] | None = None
        self.make: Any = None
        self.streams: Any = None

    @property
    def is_filled(self) -> bool:
        return self._kept is not None

    def __call__(self, make: Callable[[], Iterator[Any]]) -> Iterator[Any]:
        if self._kept is not None:
            yield from self._kept
            return
        self.make = make
        streams, found = self._streams_of(make), []
        for item in make():
            found.append(item)
            yield item
        self._kept, self.streams = found, streams
