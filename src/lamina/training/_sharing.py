"""How the batches of a run reach the devices of the distribution in use."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from lamina import distribution, tree

from ._data import ArrayData


def share_in_use() -> Any:
    """How the engine shares batches out (`Share`) under the distribution in use; None where there is nothing to be shared."""
    spread, machinery = distribution.current(), distribution.machinery_or_none()
    return None if spread is None or machinery is None else machinery.share(spread)


def refuse_eager() -> None:
    """Raises RuntimeError for eager steps in several processes."""
    if distribution.in_use() and distribution.num_processes() > 1:
        raise RuntimeError(
            "compile: run_eagerly=True is for one process; what processes tell each other is part of compiled steps."
        )


def check_alike(model: Any, source: Any, held_out: Any, steps: int | None) -> None:
    """Raises RuntimeError, naming what differs, unless all processes are about to train the same model on as many batches."""
    if not distribution.in_use() or distribution.num_processes() == 1:
        return
    spread = distribution.current()
    if not spread.auto_shard_dataset and source.num_batches is None and steps is None:
        raise ValueError(
            "fit: each process brings its own data (auto_shard_dataset=False), and it is not known how many batches they are. "
            "Give steps_per_epoch, or data with a length."
        )
    local = [v for v in model.weights if not any(spread.get_variable_layout(v).axes)]
    distribution.check_agreement(
        "fit",
        {
            "the number of batches": source.num_batches,
            "the number of samples": getattr(source, "size", None),
            "the number of batches of validation": held_out and held_out.num_batches,
            "steps_per_epoch": steps,
            "the seed of the order": source.seed if spread.auto_shard_dataset else None,
            "the weights": [v.path for v in model.weights],
            "the sum of the weights": sum(float(np.sum(v.numpy(), dtype=np.float64)) for v in local),
        },
    )


def check_batches(share: Any, source: Any, where: str) -> None:
    """Raises ValueError, naming both, for batches that do not divide by the parts of the mesh; a last one may."""
    if isinstance(source, ArrayData) and source.num_batches > 1:
        share.check(source.batch_size, where)


def shared_batches(share: Any, source: Any, epoch: int, limit: int | None, first: int, where: str) -> Iterator[Any]:
    """The batches of an epoch, each process holding its rows.

    Raises ValueError in training for the second batch of an epoch that does not divide by the parts of the mesh.
    """
    if isinstance(source, ArrayData):
        for places in source.places(epoch, limit, first):
            yield share.put(source.batch(places[share.rows(len(places))]), len(places))
        return
    uneven, spread = 0, distribution.current()
    for batch in source.batches(epoch, limit, first):
        size = len(next(x for x in tree.flatten(batch) if x is not None))
        uneven += size % share.parts != 0
        if uneven > 1 and where == "fit":
            share.check(size, where)
        if not spread.auto_shard_dataset:
            distribution.check_same_number(f"{where}: the number of samples of a batch", size)
        rows = share.rows(size)
        yield share.put(tree.map_structure(lambda a, rows=rows: None if a is None else a[rows], batch), size)
