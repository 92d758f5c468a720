"""The first look at light networks: no pass of its own, but the step of training, traced a moment early, on some rows."""

from typing import Any

import numpy as np

from lamina import tree
from lamina.diagnosis._network import Network
from lamina.engines import engine

from .._batch import Batch
from .._data import ArrayData, unpack_x_y_sample_weight
from .._steps import Step
from ..callbacks._history import History
from ..callbacks._progbar_logger import ProgbarLogger
from ._pass import Look, NotedCall, activity_of, calls_of, chain_of, noting, path_of_weight, penalty_of, some_rows, take

_FEWEST, _ROWS = 16, 64  # samples of a batch, with fewer it would take too many of them; and of all batches


class Seen:
    """What a step shows of itself while it is traced: all are tensors of its program.

    Attributes: `given`, the batch and the variables, and `held`, what the variables hold; `outputs`, `loss` and `gradients` of
    the `variables` that are trained; `calls` of layers.
    """

    def __init__(self) -> None:
        self.given: list[Any] = []
        self.held: list[Any] = []
        self.calls: list[NotedCall] = []
        self.outputs: list[Any] = []
        self.loss: Any = None
        self.variables: list[Any] = []
        self.gradients: list[Any] = []

    def begin(self, batch: Batch, variables: list[Any]) -> None:
        """The step begins."""
        traced = [(t, v) for t, v in ((v.__tensor__(), v) for v in variables) if engine.is_traced(t)]
        parts = tree.flatten((batch.x, batch.y, batch.sample_weight))
        self.given = [t for t, _ in traced] + [t for t in parts if t is not None]
        self.held = [engine.numpy(v._value) for _, v in traced]
        self.calls.clear()

    def end(self, loss: Any, outputs: Any, variables: list[Any], gradients: list[Any]) -> None:
        """It has been differentiated, with respect to the variables."""
        self.loss, self.outputs, self.variables, self.gradients = loss, tree.flatten(outputs), variables, gradients


def look_in_step(
    network: Network, step: Any, source: Any, callbacks: list[Any], affordable: int, bad: np.ndarray
) -> Look | None:
    """What the first step makes of some rows, in batches as it takes them.

    The program is that with which training begins, so that tracing it costs nothing more. None where it cannot be looked
    into, where a batch has more rows than are `affordable`, and where callbacks may change the model before.

    Args:
        bad: places of rows that must be among them.
    """
    size = min(source.batch_size, source.size) if isinstance(source, ArrayData) else 0
    onlookers = all(isinstance(c, (History, ProgbarLogger)) for c in callbacks)
    if not (_FEWEST <= size <= affordable and onlookers and hasattr(engine, "recall")):
        return None
    if not isinstance(step, Step) or step.share is not None or not source.is_resident:
        return None
    compiled, seen = network.model._compiled, Seen()
    compiled.onlooker = seen
    try:
        with noting(network.layers, seen.calls):
            step.prepare(source, np.arange(size))
    finally:
        compiled.onlooker = None
    if seen.loss is None:  # it had been traced before
        return None
    count = min(-(-_ROWS // size), source.size // size)
    # Data may be sorted: each batch has rows from everywhere.
    rows = some_rows(source.size, count * size).reshape(size, count).T.reshape(-1)
    rows[len(rows) - len(bad) :] = bad
    look = _computed(seen, unpack_x_y_sample_weight(take(source.data, rows)), count)
    look.places = rows
    return look


def _computed(seen: Seen, data: Any, count: int) -> Look:
    """The numbers of `count` batches: the forward pass and the loss of all, and the gradients of as many as it takes to see
    some."""
    calls = [(layer, _first(given), made) for layer, given, made in seen.calls]
    calls = [call for call in calls if engine.is_traced(call[1]) and engine.is_traced(call[2])]
    forward = [*seen.outputs, *(t for _, *ends in calls for t in ends), seen.loss]
    back = seen.gradients
    batches = _batches(data, count, seen)
    with np.errstate(all="ignore"):
        first = engine.recall([*forward, *back], seen.given)(batches[0])
        values, slopes = [first[: len(forward)]], [first[len(forward) :]]
        if count > 1:
            # Chance may let the few samples of a batch have none.
            again = slopes if all(map(np.any, slopes[0])) else None
            rest = map(engine.recall(forward if again else [*forward, *back], seen.given), batches[1:])
            for found in rest:
                values.append(found[: len(forward)])
                slopes += [] if again else [found[len(forward) :]]
    *joined, total = [np.concatenate(v) if v[0].ndim else np.mean(v) for v in zip(*values)]
    gradients = [sum(s) / len(s) for s in zip(*slopes)]
    ends = iter(joined[len(seen.outputs) :])
    look = Look(
        truth=data[1],
        batch=data,
        chain=chain_of(seen.calls, seen.outputs),
        outputs=joined[: len(seen.outputs)],
        total_loss=float(total),
    )
    look.calls = calls_of([(layer, next(ends), next(ends)) for layer, *_ in calls])
    look.gradients = [(path_of_weight(v), v, g) for v, g in zip(seen.variables, gradients)]
    look.penalty = penalty_of(seen.variables) + activity_of(look.calls)
    return look


def _first(given: Any) -> Any:
    """Of several inputs the first whose values the program makes."""
    return (
        next((x for x in tree.flatten(given) if engine.is_traced(x)), None)
        if isinstance(given, (list, tuple))
        else given
    )


def _batches(data: Any, count: int, seen: Seen) -> list[list[np.ndarray]]:
    """The values of what is given, for each batch."""
    arrays = [a for a in tree.flatten(data) if a is not None]
    types = [t.dtype for t in seen.given[len(seen.held) :]]
    parts = [np.split(a.astype(t, copy=False), count) for a, t in zip(arrays, types, strict=True)]
    return [[*seen.held, *batch] for batch in zip(*parts)]
