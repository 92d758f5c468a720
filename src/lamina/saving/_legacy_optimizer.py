"""The state of optimizers in the HDF5 files of Keras 1 and 2, which knew no learning rate there."""

from collections.abc import Iterator
from typing import Any

import numpy as np

# What of a weight lies where: the name it had, its variable, and the place among the parts of which it is joined.
Part = tuple[str, Any, int]


def take_state(optimizer: Any, arrays: list[Any], parts: list[Part] | None = None, by_weight: bool = False) -> bool:
    """Whether the arrays were those of the optimizer, and were taken.

    Args:
        by_weight: whether all slots of a weight stand together, as in Keras 2.11 to 2.15, or slot by slot.
        parts: where the weights came from, for files of Keras 1: it sorted them by their names, gate by gate.
    """
    slots = [list(own) for own in optimizer.slots.values()]
    if not slots:
        return False
    weights = len(slots[0])
    if len(arrays) == 1 + (len(slots) + 1) * weights and all(tuple(a.shape) == (1,) for a in arrays[-weights:]):
        arrays = arrays[:-weights]  # Adam without amsgrad wrote placeholders for it, up to 2.3
    if parts is not None:
        return _take(optimizer, arrays, list(_sorted_targets(optimizer, slots, parts)))
    orders = [
        [v for own in slots for v in own if v is not None],
        [v for own in zip(*slots) for v in own if v is not None],
    ]
    return any(
        _take(optimizer, arrays, [(v, [i]) for i, v in enumerate(targets)])
        for targets in (orders[::-1] if by_weight else orders)
    )


def _take(optimizer: Any, arrays: list[Any], targets: list[tuple[Any, list[int]]]) -> bool:
    """Assigns to each variable the join of the arrays at its places, if all fit; the step comes first, or is missing."""
    count = sum(len(places) for _, places in targets)
    first = len(arrays) - count
    if first not in (0, 1) or (first and tuple(arrays[0].shape) != ()):
        return False
    rest = arrays[first:]
    joined = [(v, [rest[place] for place in places]) for v, places in targets]
    if any(_shape([tuple(a.shape) for a in found]) != tuple(v.shape) for v, found in joined):
        return False
    for variable, found in joined:
        variable.assign(
            np.concatenate([np.asarray(a) for a in found], axis=-1) if len(found) > 1 else np.asarray(found[0])
        )
    if first:
        optimizer.variables[0].assign(np.asarray(arrays[0]))
    return True


def _shape(shapes: list[tuple[int, ...]]) -> tuple[int, ...] | None:
    """The shape of arrays that are joined along their last axis, None if they cannot be."""
    if len(shapes) == 1:
        return shapes[0]
    if not all(shapes) or len({shape[:-1] for shape in shapes}) > 1:
        return None
    return (*shapes[0][:-1], sum(shape[-1] for shape in shapes))


def _sorted_targets(optimizer: Any, slots: list[list[Any]], parts: list[Part]) -> Iterator[tuple[Any, list[int]]]:
    """Each slot with the places of its parts, where the parts of all trainable weights are sorted by name."""
    trainable = {id(v): i for i, v in enumerate(optimizer._trainable_variables)}
    known = sorted((name, trainable[id(v)], gate) for name, v, gate in parts if id(v) in trainable)
    for number, own in enumerate(slots):
        for index, variable in enumerate(own):
            places = sorted(
                (gate, number * len(known) + place) for place, (_, i, gate) in enumerate(known) if i == index
            )
            yield variable, [place for _, place in places]
