"""Elementwise operations of many passes over memory, run on pieces of it."""

import math
from collections.abc import Callable
from typing import Any

from .._graph import Node, Spec
from .._primitive import Bound

PIECE = 1 << 14  # elements worked on at a time: their intermediate results stay in the cache


def in_pieces(kernel: Callable[..., None], rooms: int, worth: Callable[[Node], bool] = Bound.worth) -> Bound:
    """The bound form of kernel(x, *rooms, out), of one input, with so many arrays of its dtype to work in."""

    def bind(inputs: Any, outputs: Any, work: Any) -> Callable[[], None]:
        x, out = inputs[0].reshape(-1), outputs[0].reshape(-1)
        pieces = [(x[a : a + PIECE], out[a : a + PIECE]) for a in range(0, x.size, PIECE)]
        arrays = [(part, *(w[: part.size] for w in work), target) for part, target in pieces]

        def run() -> None:
            for part in arrays:
                kernel(*part)

        return run

    return Bound(
        bind=bind, workspace=lambda x: (Spec((min(math.prod(x.shape), PIECE),), x.dtype),) * rooms, worth=worth
    )
