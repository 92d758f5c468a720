"""A run of a model's step over batches: in chunks where nobody watches, one by one where somebody does."""

import time
import warnings
from typing import Any

import numpy as np

from lamina import tree
from lamina.engines import engine

from ._data import ArrayData, StreamData
from ._interrupts import DeferredInterrupt
from ._steps import Step
from .callbacks import CallbackList, ProgbarLogger
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
        self.limit = limit
        self.bars = [c for c in callbacks.callbacks if isinstance(c, ProgbarLogger)]

    def epoch(self, epoch: int) -> dict[str, float]:
        """Runs all batches; returns the logs. Ctrl-C is raised after the step at work."""
        hooks = (f"on_{self.kind}_batch_begin", f"on_{self.kind}_batch_end")
        in_chunks = isinstance(self.source, ArrayData) and isinstance(self.step, Step)
        with DeferredInterrupt() as interrupt:
            if in_chunks and not any(self.callbacks.has(h) for h in hooks):
                last = self._chunks(epoch, interrupt)
            else:
                last = self._one_by_one(epoch, interrupt)
        return self.logs(last)

    def _chunks(self, epoch: int, interrupt: DeferredInterrupt) -> Any:
        """Data in memory, nobody watching each batch: many steps in one go, about a tenth of a second long."""
        source, step = self.source, self.step
        order, size = source.order(epoch), source.batch_size
        full = source.size // size
        total = min(source.num_batches, self.limit or source.num_batches)
        rows = order[: full * size].reshape(full, size)
        last, done, chunk = None, 0, 1
        while done < min(full, total):
            began = time.perf_counter()
            last = step.on_places(source, rows[done : min(done + chunk, total)])
            done = min(done + chunk, full, total)
            interrupt.check()
            elapsed = time.perf_counter() - began
            chunk = max(1, min(int(chunk * CHUNK_S / max(elapsed, 1e-6)), 2 * chunk + 8))
            self._show(done, last)
        if done < total and full * size < source.size:
            last = step.on_places(source, order[None, full * size :])
            done += 1
        self._warn_if_short(done)
        return last

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
        if isinstance(self.source, ArrayData) and isinstance(self.step, Step) and not watched:
            return self._chunks_of_outputs()
        found: list[Any] = []
        shown = 0.0
        calls = self._calls(0)
        try:
            while (self.limit is None or len(found) < self.limit) and (call := next(calls, None)) is not None:
                self.callbacks.call("on_predict_batch_begin", len(found), {})
                found.append(call())
                self.callbacks.call("on_predict_batch_end", len(found) - 1, {"outputs": found[-1]})
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
        total = min(source.num_batches, self.limit or source.num_batches)
        full = min(source.size // source.batch_size, total)
        places = np.arange(source.size)
        rows = places[: full * source.batch_size].reshape(full, source.batch_size)
        found, done, chunk = [], 0, 1
        while done < full:
            began = time.perf_counter()
            stacked = self.step.on_places(source, rows[done : done + chunk], collect=True)
            found.append(tree.map_structure(lambda x: engine.numpy(x).reshape(-1, *x.shape[2:]), stacked))
            done = min(done + chunk, full)
            chunk = max(1, min(int(chunk * CHUNK_S / max(time.perf_counter() - began, 1e-6)), 2 * chunk + 8))
            for bar in self.bars:
                bar.progress(done, {})
        if done < total:
            found.append(self.step.on_places(source, places[None, full * source.batch_size :]))
        return found

    def _calls(self, epoch: int) -> Any:
        """A function for each batch that runs the step on it."""
        source, step = self.source, self.step
        if isinstance(source, ArrayData) and isinstance(step, Step):
            order, size = source.order(epoch), source.batch_size
            for i in range(0, source.size, size):
                yield lambda i=i: step.on_places(source, order[None, i : i + size])
            return
        batches = source.batches(epoch)
        try:
            for batch in batches:
                yield lambda batch=batch: call_step(step, batch)
        finally:
            if not isinstance(source, StreamData) or source.restarts:
                batches.close()

    def _show(self, done: int, last: Any) -> None:
        for bar in self.bars:
            bar.progress(done, self.logs(last))

    def _warn_if_short(self, done: int) -> None:
        if self.limit is not None and done < self.limit:
            warnings.warn(f"The data ended after {done} of {self.limit} steps.", UserWarning, stacklevel=5)

    def logs(self, last: Any) -> dict[str, float]:
        return as_logs(last, self.model)


def call_step(step: Any, batch: Any) -> Any:
    """Runs a step, compiled or plain, on a batch of arrays."""
    batch = tuple(batch) if isinstance(batch, (tuple, list)) else (batch,)
    if isinstance(step, Step):
        return step.on_batch(batch)
    return step(tree.map_structure(lambda a: None if a is None else engine.tensor(a), batch))


def as_logs(last: Any, model: Any) -> dict[str, float]:
    """Floats, from what the last step returned, or else from the model's metrics; sorted by name as in Keras."""
    found = last if isinstance(last, dict) else model.get_metrics_result()
    return Logs((k, _plain(v)) for k, v in sorted(found.items()))


def _plain(value: Any) -> Any:
    array = engine.numpy(value) if not isinstance(value, (int, float)) else np.asarray(value)
    return float(array) if array.ndim == 0 else array
