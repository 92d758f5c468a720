"""Elements gathered by a key, group by group."""

import bisect
from collections.abc import Callable, Iterator
from typing import Any


def grouped(
    items: Iterator[Any], key: Callable[..., Any], size: Callable[[int], int]
) -> Iterator[tuple[int, list[Any]]]:
    """(key, elements) whenever `size(key)` elements of a key have come; at the end what is left, in order of the keys' coming."""
    waiting: dict[int, list[Any]] = {}
    for item in items:
        k = int(key(item))
        group = waiting.setdefault(k, [])
        group.append(item)
        if len(group) >= size(k):
            del waiting[k]
            yield k, group
    yield from waiting.items()


def check_buckets(boundaries: Any, sizes: Any) -> None:
    """Raises ValueError unless the boundaries rise, and there is one batch size more than there are of them."""
    if list(boundaries) != sorted(set(boundaries)) or len(sizes) != len(boundaries) + 1:
        raise ValueError(
            "bucket_by_sequence_length: bucket_boundaries must rise, and bucket_batch_sizes be one more than they are; got "
            f"{list(boundaries)} and {list(sizes)}."
        )


def bucket_of(length: Any, boundaries: list[int]) -> int:
    """Which bucket a length belongs to: the first whose boundary is above it."""
    return bisect.bisect_right(boundaries, int(length))
