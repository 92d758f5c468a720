"""A run of a model's step over batches: in chunks where nobody watches, one by one where somebody does."""

import time
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from lamina import ops, tree
from lamina._interrupts import InterruptedOnce, Uninterrupted
from lamina._where import inside
from lamina.config._limits import at_most, max_steps_per_epoch
from lamina.engines import engine
from lamina.training.callbacks._callback import CallbackList
from lamina.training.callbacks._progbar_logger import ProgbarLogger

from ._data import ArrayData, StreamData
from ._resuming import NoKeeper
from ._sharing import check_batches, shared_batches
from ._steps import Step
from .callbacks._logs import Logs

_STOPS = {"train": "stop_training", "test": "stop_evaluating", "predict": "stop_predicting"}
_METHODS = {"train": "fit", "test": "evaluate", "predict": "predict"}
CHUNK_S = 0.1  # how long a chunk of steps may take before control comes back


class Run:
    """One pass over data.

    Args:
        model: whose `get_metrics_result` gives the logs where the step returns none, and whose `stop_training`,
            `stop_evaluating` or `stop_predicting` ends a run.
        step: a Step, or a plain function of a batch (run_eagerly).
        source: ArrayData or StreamData.
        callbacks: who is called.
        kind: "train", "test" or "predict".
        limit: number of batches, None for all.
        keeper: saves the state of training and says where it goes on; None for neither.
    """

    def __init__(
        self, model: Any, step: Any, source: Any, callbacks: CallbackList, kind: str, limit: int | None,
        keeper: NoKeeper | None = None,
    ):  # fmt: skip
        self.model = model
        self.step = step
        self.source = source
        self.callbacks = callbacks
        self.kind = kind
        self._execution = model.steps_per_execution
        self._asked = limit and -(-limit // self._execution) * self._execution
        self.limit = at_most(self._asked, max_steps_per_epoch())
        # Training on some batches of the data an epoch goes on with the others in the next; tests begin at the beginning.
        self._goes_on = self._asked if kind == "train" and self.limit == self._asked else None
        self._has_run = False
        self._interrupts = InterruptedOnce()
        self.keeper = keeper or NoKeeper()
        self.watch: Any = None  # who looks at how it goes
        self._first = 0  # batch of the epoch to begin with
        self.done = 0  # batches of the epoch at work
        self.bars = [c for c in callbacks.callbacks if isinstance(c, ProgbarLogger)]
        self._share = step.share if isinstance(step, Step) else None
        keeps_data = self._share is None or self._share.keeps_data
        self._in_place = isinstance(source, ArrayData) and isinstance(step, Step) and source.is_resident and keeps_data
        if self._share is not None:
            check_batches(self._share, source, _METHODS[kind])

    def epoch(self, epoch: int) -> dict[str, float]:
        """Runs all batches; returns the logs."""
        self._first = self.done = self.keeper.begin_epoch(epoch)
        hooks = (f"on_{self.kind}_batch_begin", f"on_{self.kind}_batch_end")
        in_chunks = self._in_place and not any(self.callbacks.has(h) for h in hooks)
        with InterruptedOnce() as self._interrupts:
            last = self._chunks(epoch) if in_chunks else self._one_by_one(epoch)
        return self.logs(last)

    def _chunks(self, epoch: int) -> Any:
        """Data in memory, nobody watching each batch: many steps in one go, about a tenth of a second long."""
        last = self.keeper.logs
        for rows, start, stop in self._groups(self.source.portion(epoch, self._goes_on, self._first)):
            last = self.step.on_places(self.source, rows, start, stop)
            self.done += stop - start
            self._interrupts.check()
            self._show(self.done, last)
            self._keep(epoch, last)
        self._warn_if_short(self.done)
        return last

    def _keep(self, epoch: int, last: Any) -> None:
        self.keeper.after_batches(epoch, self.done, lambda: self.logs(last))
        if self.watch is not None:
            self.watch.after_batches(self.done, lambda: self.logs(last))

    def _groups(self, order: np.ndarray, together: int = 1) -> Any:
        """(rows, start, stop) for each chunk: as many steps as take about a tenth of a second, by what the last took, and a
        multiple of `together`."""
        source, step = self.source, self.step
        total = min(source.num_batches, self.limit or source.num_batches) - self._first
        for rows in step.rows(source, order):
            count = min(len(tree.flatten(rows)[0]), total)
            total -= count
            start, chunk = 0, max(1, int(CHUNK_S / step.seconds)) if step.seconds else 1
            while start < count:
                whole = max(chunk // together, 1) * together
                stop = int(min(start + whole, count, start + self.keeper.room(self.done)))
                began = time.perf_counter()
                yield rows, start, stop
                # Not less than half of before, or a lucky measure makes a chunk of seconds that Ctrl-C waits for.
                step.seconds = max((time.perf_counter() - began) / (stop - start), step.seconds / 2, 1e-7)
                start, chunk = stop, max(1, min(int(CHUNK_S / step.seconds), 2 * chunk + 8))

    def _one_by_one(self, epoch: int) -> Any:
        last, shown = self.keeper.logs, 0.0
        for last in self._watched(epoch, lambda results: self.logs(results[-1])):
            self.done += 1
            if self.done % self._execution == 0:
                self._keep(epoch, last)
            if self.bars and (now := time.perf_counter()) - shown > CHUNK_S:
                shown = now
                self._show(self.done, last)
        n = self.done
        if n == 0 and not self._has_run:
            raise ValueError(f"{'fit' if self.kind == 'train' else 'evaluate'}: the data gave no batch at all.")
        self._has_run = True
        if n == 0:
            warnings.warn("The data ran out in the epoch before; training ends.", UserWarning, stacklevel=5)
            self.model.stop_training = True
        elif not self._is_stopped():
            self._warn_if_short(n)
        return last if n else {}

    def _watched(self, epoch: int, logs_of: Any) -> Iterator[Any]:
        """The result of every step, callbacks called around those of an execution (compile's `steps_per_execution`)."""
        begin, end = f"on_{self.kind}_batch_begin", f"on_{self.kind}_batch_end"
        total = self.limit or self.source.num_batches
        size, n = self._execution, self._first
        if n and self._is_stopped():
            return  # it was when the state was saved
        results: list[Any] = []
        calls = self._calls(epoch)

        def finish() -> None:
            if results and self.callbacks.has(end):
                self.callbacks.call(end, (n - 1) // size * size + size - 1, logs_of(results))
            results.clear()

        try:
            while (total is None or n < total) and (call := next(calls, None)) is not None:
                if n % size == 0:
                    self.callbacks.call(begin, n, {})
                results.append(call())
                last = results[-1]
                self._interrupts.check()
                n += 1
                if n % size == 0:
                    finish()
                yield last
                if self._is_stopped():
                    break
        finally:
            calls.close()
        finish()

    def _is_stopped(self) -> bool:
        return getattr(self.model, _STOPS[self.kind])

    def outputs(self) -> list[Any]:
        """The results of the step, in order, as parts to be joined along the batch."""
        watched = any(self.callbacks.has(f"on_predict_batch_{when}") for when in ("begin", "end"))
        with InterruptedOnce() as self._interrupts:
            return self._chunks_of_outputs() if self._in_place and not watched else self._outputs_one_by_one()

    def _outputs_one_by_one(self) -> list[Any]:
        found: list[Any] = []
        shown = 0.0
        for output in self._watched(0, lambda results: {"outputs": _joined(results)}):
            found.append(output)
            if self.bars and (now := time.perf_counter()) - shown > CHUNK_S:
                shown = now
                for bar in self.bars:
                    bar.progress(len(found), {})
        if not found:
            raise ValueError("predict: the data gave no batch at all.")
        return found

    def _chunks_of_outputs(self) -> list[Any]:
        source = self.source
        together = self.step.together(source)
        found: list[Any] = []
        done = 0
        for rows, start, stop in self._groups(np.arange(source.size), max(together, 1)):
            found += self.step.outputs(source, rows, start, stop, together)
            done += stop - start
            self._interrupts.check()
            for bar in self.bars:
                bar.progress(done, {})
        return found

    def _calls(self, epoch: int) -> Any:
        """A function for each batch that runs the step on it."""
        source, step = self.source, self.step
        if self._in_place and self.kind != "predict":
            for rows in step.rows(source, source.portion(epoch, self._goes_on, self._first)):
                for i in range(len(tree.flatten(rows)[0])):
                    yield lambda rows=rows, i=i: step.on_places(source, rows, i, i + 1)
            return
        place = (epoch, self._goes_on, self._first)
        if self._share is None:
            batches = source.batches(*place)
        else:
            batches = shared_batches(self._share, source, *place, _METHODS[self.kind])
        restarts = (
            not isinstance(source, StreamData) or source.is_dataset or (source.restarts and self._goes_on is None)
        )
        if restarts and isinstance(step, Step):
            # Not for data that goes on in the next epoch: it would lose batches that are taken from it too early.
            batches = engine.prefetch(batches)
        try:
            for batch in batches:
                yield lambda batch=batch: call_step(step, batch)
        finally:
            if restarts:
                batches.close()

    def _show(self, done: int, last: Any) -> None:
        for bar in self.bars:
            bar.progress(done, self.logs(last))

    def _warn_if_short(self, done: int) -> None:
        asked = None if self._asked is None else self.limit
        if asked is not None and done < asked and not (self.source.num_batches or 0) >= asked:
            warnings.warn(f"The data ended after {done} of {asked} steps.", UserWarning, stacklevel=5)

    def logs(self, last: Any) -> dict[str, float]:
        return as_logs(last, self.model)


def call_step(step: Any, batch: Any) -> Any:
    """Runs a step, compiled or plain, on a batch of arrays."""
    if isinstance(step, Step):
        return step.on_batch(batch)
    with Uninterrupted(), inside("step"):
        return step(tree.map_structure(lambda a: None if a is None else engine.tensor(a), batch))


def as_logs(last: Any, model: Any) -> dict[str, float]:
    """Floats, from what the last step returned, or else from the model's metrics; sorted by name as in Keras."""
    found = last if isinstance(last, dict) else model._results_on_host()
    return Logs((k, _plain(v)) for k, v in sorted(found.items()))


def _joined(results: list[Any]) -> Any:
    """Outputs of several batches as NumPy arrays, one batch after the other."""
    return tree.map_structure(lambda *parts: np.concatenate([ops.convert_to_numpy(p) for p in parts]), *results)


def _plain(value: Any) -> Any:
    array = engine.numpy(value) if not isinstance(value, (int, float)) else np.asarray(value)
    return float(array) if array.ndim == 0 else np.array(array)
