"""Several iterators as one."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any


def joined_in_turn(make: Callable[..., Any], sources: Iterator[Any], cycle: int, block: int) -> Iterator[Any]:
    """`block` items at a time from each of `cycle` iterators, made from the sources as places become free."""
    turns: list[Iterator[Any] | None] = [iter(make(s)) for s in itertools.islice(sources, cycle)]
    while turns:
        for place, turn in enumerate(turns):
            if turn is None:
                continue
            taken = 0
            for item in itertools.islice(turn, block):
                taken += 1
                yield item
            if taken < block:
                source = next(sources, None)
                turns[place] = None if source is None else iter(make(source))
        if all(turn is None for turn in turns):
            return


def drawn_from(sources: list[Iterator[Any]], choices: Iterator[int], stop_on_empty: bool) -> Iterator[Any]:
    """The next item of the source that each choice names, until all are empty, or one where `stop_on_empty`."""
    left: list[Iterator[Any] | None] = list(sources)
    for choice in choices:
        source = left[choice]
        if source is None:
            continue
        try:
            item = next(source)
        except StopIteration:
            left[choice] = None
            if stop_on_empty or not any(s is not None for s in left):
                return
            continue
        yield item
