"""Amounts before and after each spatial axis."""

from typing import Any


def pairs_of(value: Any, rank: int, name: str, where: str) -> tuple[tuple[int, int], ...]:
    """(before, after) for each axis, from an int, an int for each axis, or pairs. Raises ValueError for anything else."""
    if isinstance(value, int):
        value = ((value, value),) * rank
    elif rank == 1 and isinstance(value, (tuple, list)) and len(value) == 2:
        value = (tuple(value),)
    elif rank == 1:
        value = ()
    pairs = tuple(tuple(v) if isinstance(v, (tuple, list)) else (v, v) for v in value)
    if len(pairs) != rank or any(len(p) != 2 or any(not isinstance(n, int) or n < 0 for n in p) for p in pairs):
        raise ValueError(
            f"{where}: {name} must be an int, {rank} ints, or {rank} pairs of ints, 0 or more; got {value!r}."
        )
    return pairs
