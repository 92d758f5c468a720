"""The random streams of a data set: what makes the order of its next iteration, to be kept and set again.

They lie in the functions that the data set is made of, and are found there in the order in which these hold them.
"""

import functools
from collections.abc import Iterator
from types import FunctionType, MethodType
from typing import Any

import numpy as np

from ._caching import Cache
from ._choosing import Shuffle

_LEAVES = (str, bytes, int, float, np.ndarray)  # lists may be long; these hold nothing


def get_streams(dataset: Any) -> list[list[int]]:
    """The seed and the number of uses of every `shuffle` in the data set; of one whose elements are cached, those with which
    the cache was filled."""
    parts = list(_parts(dataset))
    states = {id(part): part.state for part in parts if isinstance(part, Shuffle)}
    for part in parts:
        if isinstance(part, Cache) and part.is_filled:
            held = [p for p in _parts(part.make) if isinstance(p, Shuffle)]
            states.update({id(p): state for p, state in zip(held, part.streams)})
    return list(states.values())


def set_streams(dataset: Any, states: list[list[int]]) -> None:
    """Takes up what `get_streams` gave. Raises ValueError for a data set that shuffles at other places."""
    found = [part for part in _parts(dataset) if isinstance(part, Shuffle)]
    if len(found) != len(states):
        raise ValueError(f"The data set has {len(found)} shuffles; the state holds {len(states)}.")
    for part, state in zip(found, states):
        part.state = state


def _parts(thing: Any) -> Iterator[Any]:
    """Every Shuffle and Cache that is reached from a data set or function, each once, depth first."""
    seen: set[int] = set()
    stack = [thing]
    while stack:
        part = stack.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, (Shuffle, Cache)):
            yield part
        stack.extend(p for p in reversed(_held(part)) if not isinstance(p, _LEAVES))


def _held(thing: Any) -> list[Any]:
    if isinstance(thing, FunctionType):
        cells = [_content(cell) for cell in thing.__closure__ or ()]
        return [*cells, *(thing.__defaults__ or ()), *(thing.__kwdefaults__ or {}).values()]
    if isinstance(thing, MethodType):
        return [thing.__func__, thing.__self__]
    if isinstance(thing, functools.partial):
        return [thing.func, *thing.args, *thing.keywords.values()]
    if isinstance(thing, dict):
        return list(thing.values())
    if isinstance(thing, (list, tuple)):
        return list(thing)
    return list(vars(thing).values()) if hasattr(thing, "_iterate") else []


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # it is empty as yet
        return None
