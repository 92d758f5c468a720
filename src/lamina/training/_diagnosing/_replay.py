"""`Replay`: the last epochs run once more from where their state was kept, to find the step that went wrong."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from lamina import tree
from lamina.engines import engine

from .._data import ArrayData, unpack_x_y_sample_weight
from .._steps import Step
from ..callbacks._history import History
from ..callbacks._progbar_logger import ProgbarLogger
from ._pass import take
from ._trace import Origin, trace

_MOST_ELEMENTS = 5_000_000  # of the state of a step that is kept
_MOST_S = 20.0
_EVERY_S = 0.25  # of training, after which the state is kept anew: epochs of a few steps would be longer for it


class Replay:
    """Keeps the state with which an epoch begins, and goes from there.

    Args:
        model: that is trained.
        run: the run over the data of training.
    """

    def __init__(self, model: Any, run: Any):
        self._model, self._run = model, run
        self._state: list[np.ndarray] = []
        self._epoch, self._kept = 0, 0.0  # with which epoch, and when
        self._last = 0  # epoch at work
        self._first = 0.0  # size of the largest number that was kept first
        onlookers = all(isinstance(c, (History, ProgbarLogger)) for c in run.callbacks.callbacks)
        self._by_steps_alone = onlookers and run.limit is None

    def begin_epoch(self, epoch: int) -> None:
        """Keeps the state, unless it is large, or that of an epoch a moment ago leads to this one by steps alone."""
        now = time.perf_counter()
        self._last = epoch
        if self._state and self._by_steps_alone and now - self._kept < _EVERY_S:
            return
        self._epoch, self._kept, self._state = epoch, now, []
        step, source = self._run.step, self._run.source
        if not isinstance(step, Step) or not isinstance(source, ArrayData) or not source.is_resident:
            return
        if sum(v.size for v in step.variables) <= _MOST_ELEMENTS:
            self._state = [np.array(engine.numpy(value)) for value in step._state()]
        if not self._first:
            self._first = max(
                (float(np.abs(a).max()) for a in self._state if a.dtype.kind == "f" and a.size), default=0.0
            )

    def _largest(self) -> float:
        return max(
            (float(np.abs(v.numpy()).max()) for v in self._model.trainable_variables if np.prod(v.shape)), default=0.0
        )

    def update(self) -> float | None:
        """The size of one more step beside that of the weights, the median of the kernels; None if it cannot be told. Nothing
        is changed by it."""
        step, source = self._run.step, self._run.source
        kernels = [v for v in self._model.trainable_variables if len(v.shape) > 1]
        if not isinstance(step, Step) or not isinstance(source, ArrayData) or not source.is_resident or not kernels:
            return None
        state = [np.array(engine.numpy(value)) for value in step._state()]
        before = [np.array(v.numpy()) for v in kernels]
        try:
            places = np.arange(min(source.size, source.batch_size))
            step.on_places(source, step.rows(source, places)[0], 0, 1)
            changes = [
                np.linalg.norm(v.numpy() - old) / max(np.linalg.norm(old), 1e-12) for v, old in zip(kernels, before)
            ]
        finally:
            _put(step, state)
        return float(np.median(changes))

    def origin(self) -> Origin | None:
        """Where the first value that is not finite came from; None if it cannot be told."""
        step = self._run.step
        try:
            if not self._state or len(step.variables) != len(self._state):
                return self._of_first_batch()
            now = [np.array(engine.numpy(value)) for value in step._state()]
            try:
                return self._search(step)
            finally:
                _put(step, now)
        except Exception:  # advice stops nobody
            return None

    def _search(self, step: Step) -> Origin | None:
        """Steps from the state that was kept until the loss, or a weight after it, is not finite."""
        source, began = self._run.source, time.perf_counter()
        _put(step, self._state)
        for rows, i, batch in self._batches(step):
            before = [np.array(engine.numpy(value)) for value in step._state()]
            step.on_places(source, rows, i, i + 1)
            if not self._is_finite():
                _put(step, before)
                grew = self._largest() > 100 * max(self._first, 1.0)
                return trace(self._model, unpack_x_y_sample_weight(take(source.data, batch)), batch, grew)
            if time.perf_counter() - began > _MOST_S:
                return None
        return None

    def _batches(self, step: Step) -> Iterator[tuple[Any, int, np.ndarray]]:
        """Of each step since the state was kept: a group of rows, which of them, and the places of its samples."""
        source, size = self._run.source, self._run.source.batch_size
        for places in map(source.order, range(self._epoch, self._last + 1)):
            number = 0
            for rows in step.rows(source, places):
                for i in range(len(tree.flatten(rows)[0])):
                    yield rows, i, places[number * size : (number + 1) * size]
                    number += 1

    def _is_finite(self) -> bool:
        loss = self._model.get_metrics_result().get("loss")
        weights = all(np.isfinite(v.numpy()).all() for v in self._model.trainable_variables)
        return weights and (loss is None or bool(np.isfinite(engine.numpy(loss)).all()))

    def _of_first_batch(self) -> Origin | None:
        """Of batches that are gone: what the first one at hand shows, while the weights are finite."""
        if not isinstance(self._run.source, ArrayData) or not all(
            np.isfinite(v.numpy()).all() for v in self._model.trainable_variables
        ):
            return None
        places = np.arange(min(self._run.source.size, 256))
        return trace(self._model, unpack_x_y_sample_weight(take(self._run.source.data, places)), places, False)


def _put(step: Step, state: list[np.ndarray]) -> None:
    for variable, value in zip(step.variables, state):
        variable.assign(value)
