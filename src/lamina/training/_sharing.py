"""How the batches of a run reach the devices of the distribution in use."""

from collections.abc import Iterator
from typing import Any

from lamina import distribution, tree

from ._data import ArrayData


def share_in_use() -> Any:
    """The engine's `Share` of the distribution in use; None where there is none, or nothing to be shared."""
    spread, machinery = distribution.current(), distribution.machinery_or_none()
    return None if spread is None or machinery is None else machinery.Share(spread)


def check_batches(share: Any, source: Any, where: str) -> None:
    """Raises ValueError, naming both, for batches that do not divide by the parts of the mesh; a last one may."""
    if isinstance(source, ArrayData) and source.num_batches > 1:
        share.check(source.batch_size, where)


def shared_batches(share: Any, source: Any, epoch: int, limit: int | None, first: int, where: str) -> Iterator[Any]:
    """The batches of an epoch, each process holding its rows.

    Raises ValueError for a first batch of several that does not divide by the parts of the mesh.
    """
    if isinstance(source, ArrayData):
        for places in source.places(epoch, limit, first):
            yield share.put(source.batch(places[share.rows(len(places))]), len(places))
        return
    is_first = True
    for batch in source.batches(epoch, limit, first):
        size = len(next(x for x in tree.flatten(batch) if x is not None))
        if is_first and where == "fit" and source.num_batches != 1:
            share.check(size, where)
        is_first = False
        rows = share.rows(size)
        yield share.put(tree.map_structure(lambda a, rows=rows: None if a is None else a[rows], batch), size)
