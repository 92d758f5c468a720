"""Where in a model the code at work belongs, noted while a step is traced: the profiler's rows are made of it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

FORWARD, BACKWARD = "forward", "backward"


class _Where(threading.local):
    place: tuple[str, str] = ("", FORWARD)  # a layer's path, or "loss", "optimizer", ...; and the direction


where = _Where()


@contextmanager
def inside(owner: str) -> Iterator[None]:
    """What is traced within belongs to `owner`, a part of a step that is no layer."""
    outer = where.place
    where.place = (owner, FORWARD)
    try:
        yield
    finally:
        where.place = outer
