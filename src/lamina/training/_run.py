"""A run of a model's step over batches: in chunks where nobody watches, one by one where somebody does."""

import time
import warnings
from typing import Any

import numpy as np

from lamina import ops, tree
from lamina._where import inside
from lamina.config._limits import at_most, max_steps_per_epoch
from lamina.engines import engine
from lamina.training.callbacks._callback import CallbackList
from lamina.training.callbacks._progbar_logger import ProgbarLogger

from ._data import ArrayData, StreamData
from ._interrupts import DeferredInterrupt
from ._steps import Step
from .callbacks._logs import Logs

CHUNK_S = 0.1  # how long a chunk of steps may take before control comes back


class Run:
    """One pass over data.

    Args:
        model: whose `get_metrics_result` gives the logs where the step returns none, and whose `stop_training` ends a run.
        step: a Step, or a plain function of a batch (run_eagerly).
        source: ArrayData or StreamData.
        callbacks: who is called.
        kind: "train", "test" or "predict".
        limit: number of batches, None for all.
    """

    def __init__(self, model: Any, step: Any, source: Any, callbacks: CallbackList, kind: str, limit: int | None):
        self.model = model
        self.step = step
        self.source = source
        self.callbacks = callbacks
        self.kind = kind
        self.limit = at_most(limit, max_steps_per_epoch())
        self._asked = limit
        # Training on some batches of the data an epoch goes on with the others in the next; tests begin at the beginning.
        self._goes_on = limit if kind == "train" and self.limit == limit else None
        self.bars = [c for c in callbacks.callbacks if isinstance(c, ProgbarLogger)]
        self._in_place = isinstance(source, ArrayData) and isinstance(step, Step) and source.is_resident

    def epoch(self, epoch: int) -> dict[str, float]:
        """Runs all batches; returns the logs. Ctrl-C is raised after the step at work."""
        hooks = (f"on_{self.kind}_batch_begin", f"on_{self.kind}_batch_end")
        with DeferredInterrupt() as interrupt:
            if self._in_place and not any(self.callbacks.has(h) for h in hooks):
                last = self._chunks(epoch, interrupt)
            else:
                last = self._one_by_one(epoch, interrupt)
        return self.logs(last)

    def _chunks(self, epoch: int, interrupt: DeferredInterrupt) -> Any:
        """Data in memory, nobody watching each batch: many steps in one go, about a tenth of a second long."""
        last, done = None, 0
        for rows, start, stop in self._groups(self.source.portion(epoch, self._goes_on)):
            last = self.step.on_places(self.source, rows, start, stop)
            done += stop - start
            interrupt.check()
            self._show(done, last)
        self._warn_if_short(done)
        return last

    def _groups(self, order: np.ndarray) -> Any:
        """(rows, start, stop) for each chunk: as many steps as take about a tenth of a second, by what the last took."""
        source, step = self.source, self.step
        total = min(source.num_batches, self.limit or source.num_batches)
        for rows in step.rows(source, order):
            count = min(len(tree.flatten(rows)[0]), total)
            total -= count
            start, chunk = 0, max(1, int(CHUNK_S / step.seconds)) if step.seconds else 1
            while start < count:
                stop = min(start + chunk, count)
                began = time.perf_counter()
                yield rows, start, stop
                step.seconds = max((time.perf_counter() - began) / (stop - start), 1e-7)
                start, chunk = stop, max(1, min(int(CHUNK_S / step.seconds), 2 * chunk + 8))

    def _one_by_one(self, epoch: int, interrupt: DeferredInterrupt) -> Any:
        last, n, shown = None, 0, 0.0
        total = self.limit or self.source.num_batches
        begin, end = f"on_{self.kind}_batch_begin", f"on_{self.kind}_batch_end"
        calls = self._calls(epoch)
        try:
            while (total is None or n < total) and (call := next(calls, None)) is not None:
                self.callbacks.call(begin, n, {})
                last = call()
                interrupt.check()
                if self.callbacks.has(end):
                    self.callbacks.call(end, n, self.logs(last))
                n += 1
                if self.bars and (now := time.perf_counter()) - shown > CHUNK_S:
                    shown = now
                    self._show(n, last)
                if self.model.stop_training and self.kind == "train":
                    return last
        finally:
            calls.close()
        if n == 0:
            raise ValueError(f"{'fit' if self.kind == 'train' else 'evaluate'}: the data gave no batch at all.")
        self._warn_if_short(n)
        return last

    def outputs(self) -> list[Any]:
        """The results of the step, in order, as parts to be joined along the batch."""
        watched = any(self.callbacks.has(f"on_predict_batch_{when}") for when in ("begin", "end"))
        if self._in_place and not watched:
            return self._chunks_of_outputs()
        found: list[Any] = []
        shown = 0.0
        calls = self._calls(0)
        try:
            while (self.limit is None or len(found) < self.limit) and (call := next(calls, None)) is not None:
                self.callbacks.call("on_predict_batch_begin", len(found), {})
                found.append(call())
                if self.callbacks.has("on_predict_batch_end"):
                    outputs = tree.map_structure(ops.convert_to_numpy, found[-1])
                    self.callbacks.call("on_predict_batch_end", len(found) - 1, {"outputs": outputs})
                if self.bars and (now := time.perf_counter()) - shown > CHUNK_S:
                    shown = now
                    for bar in self.bars:
                        bar.progress(len(found), {})
        finally:
            calls.close()
        if not found:
            raise ValueError("predict: the data gave no batch at all.")
        return found

    def _chunks_of_outputs(self) -> list[Any]:
        source = self.source
        found, done = [], 0
        for rows, start, stop in self._groups(np.arange(source.size)):
            stacked = self.step.on_places(source, rows, start, stop, collect=True)
            samples = min((stop - start + done) * source.batch_size, source.size) - done * source.batch_size
            found.append(
                tree.map_structure(lambda x, n=samples: engine.numpy(x).reshape(-1, *x.shape[2:])[:n], stacked)
            )
            done += stop - start
            for bar in self.bars:
                bar.progress(done, {})
        return found

    def _calls(self, epoch: int) -> Any:
        """A function for each batch that runs the step on it."""
        source, step = self.source, self.step
        if self._in_place and self.kind != "predict":
            for rows in step.rows(source, source.portion(epoch, self._goes_on)):
                for i in range(len(tree.flatten(rows)[0])):
                    yield lambda rows=rows, i=i: step.on_places(source, rows, i, i + 1)
            return
        batches = source.batches(epoch, self._goes_on)
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
    with inside("step"):
        return step(tree.map_structure(lambda a: None if a is None else engine.tensor(a), batch))


def as_logs(last: Any, model: Any) -> dict[str, float]:
    """Floats, from what the last step returned, or else from the model's metrics; sorted by name as in Keras."""
    found = last if isinstance(last, dict) else model.get_metrics_result()
    return Logs((k, _plain(v)) for k, v in sorted(found.items()))


def _plain(value: Any) -> Any:
    array = engine.numpy(value) if not isinstance(value, (int, float)) else np.asarray(value)
    return float(array) if array.ndim == 0 else np.array(array)
