"""What a function would return for KerasTensors, found by tracing it without data."""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from lamina import tree
from lamina.engines import engine

from .._dtypes import numpy_dtype
from ._keras_tensor import KerasTensor

# Two sizes that no program is likely to contain: an output size that changes with them depends on an unknown size.
_FREE = (83, 89)
# Two sizes that can be cut into equal parts in most ways.
_DIVISIBLE = (840, 1680)
_MOST_TRIALS = 100
# What engines raise for shapes that do not fit.
_MISFITS = (ValueError, TypeError, IndexError, RuntimeError)

Place = tuple[int, int]  # of a size: which tensor, which axis
Sizes = tuple[int, int]  # what stands for an unknown size in the first and in the second trace


class _Trial(threading.local):
    depth = 0
    specs = 0


_trial = _Trial()


def sizes_are_made_up() -> bool:
    """Whether a trace is at work in which made-up sizes stand for unknown ones: numbers computed from them mean nothing."""
    return _trial.depth > 0


@contextmanager
def _made_up_sizes() -> Iterator[None]:
    _trial.depth += 1
    try:
        yield
    finally:
        _trial.depth -= 1


def infer_spec(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The KerasTensors that `fn` would return, found by tracing it without data (twice if a size is unknown)."""
    return _infer(fn, args, kwargs, {})


def infer_op_spec(fn: Callable[..., Any], args: Any, kwargs: Any, config: Any) -> Any:
    """As `infer_spec`, for a single op: an unknown size may be one that the op needs to agree with another.

    Then that is tried: sizes that can be cut, those of the other tensors, and numbers in `config`. Raises what the first
    trace raised if nothing helps.
    """
    try:
        return infer_spec(fn, *args, **kwargs)
    except _MISFITS as error:
        for places in _trials((args, kwargs), config):
            try:
                return _infer(fn, args, kwargs, places)
            except _MISFITS:
                continue
        raise error


def only_shapes_are_asked() -> bool:
    """Whether a trace is at work that only tells shapes, so that nothing may be kept of it."""
    return _trial.specs > 0


def _infer(fn: Any, args: Any, kwargs: Any, places: dict[Place, Sizes]) -> Any:
    _trial.specs += 1
    try:
        return _inferred(fn, args, kwargs, places)
    finally:
        _trial.specs -= 1


def _inferred(fn: Any, args: Any, kwargs: Any, places: dict[Place, Sizes]) -> Any:
    has_unknown = any(None in x.shape for x in _symbolic((args, kwargs)))
    if has_unknown:
        with _made_up_sizes():
            first, second = (_spec_with(fn, trace, args, kwargs, places) for trace in (0, 1))
    else:
        first = second = _spec_with(fn, 0, args, kwargs, places)

    def merge(a: Any, b: Any) -> Any:
        if a is None:
            return None
        shape = tuple(m if m == n else None for m, n in zip(a.shape, b.shape, strict=True))
        return KerasTensor(shape, str(a.dtype))

    return tree.map_structure(merge, first, second)


def _spec_with(fn: Any, trace: int, args: Any, kwargs: Any, places: dict[Place, Sizes]) -> Any:
    count = itertools.count()

    def concrete(x: Any) -> Any:
        if not isinstance(x, KerasTensor):
            return x
        i = next(count)
        shape = (places.get((i, axis), _FREE)[trace] if size is None else size for axis, size in enumerate(x.shape))
        return engine.Spec(tuple(shape), numpy_dtype(x.dtype))

    args, kwargs = tree.map_structure(concrete, (tuple(args), dict(kwargs)))
    return engine.spec(fn, *args, **kwargs)


def _symbolic(structure: Any) -> list[KerasTensor]:
    return [x for x in tree.flatten(structure) if isinstance(x, KerasTensor)]


def _trials(structure: Any, config: Any) -> Iterator[dict[Place, Sizes]]:
    """Sizes for the unknown places: for few of them first."""
    tensors = _symbolic(structure)
    unknown = [(i, axis) for i, x in enumerate(tensors) for axis, size in enumerate(x.shape) if size is None]
    known = [size for x in tensors for size in x.shape if size is not None]
    leaves = [x for x in tree.flatten((structure, config)) if not isinstance(x, KerasTensor)]
    known += [size for x in leaves for size in getattr(x, "shape", ())]
    known += [x for x in leaves if isinstance(x, int) and not isinstance(x, bool) and x > 0]
    sizes = [_DIVISIBLE, *((size, size) for size in dict.fromkeys(known))]
    every = (
        dict(zip(chosen, values))
        for n in range(1, len(unknown) + 1)
        for chosen in itertools.combinations(reversed(unknown), n)
        for values in itertools.product(sizes, repeat=n)
    )
    return itertools.islice(every, _MOST_TRIALS)
