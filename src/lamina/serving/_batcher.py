"""Requests that come within a few milliseconds are answered by one call of the model."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ._answerer import Answerer, Arrays, fit_together, joined, padded, rows_in
from ._refused import Refused


@dataclass
class _Waiting:
    """Rows that wait for their answers, and for which model they were read."""

    answerer: Answerer
    rows: Arrays
    answers: asyncio.Future[list[Any]]


class Batcher:
    """Answers rows on one thread, several requests at once.

    Args:
        most_rows: of one batch.
        wait_s: seconds that a request waits for others, if the batch before had several.
        most_waiting: requests in the queue; beyond them one is refused with 429.
    """

    def __init__(self, most_rows: int, wait_s: float, most_waiting: int):
        self.most_rows, self.wait_s = most_rows, wait_s
        self.queue: asyncio.Queue[_Waiting] = asyncio.Queue(most_waiting)
        self.sizes: list[int] = []  # of the batches since they were last looked at
        self._is_crowded = False
        self._thread = ThreadPoolExecutor(1, "lamina-serve")
        self._held: _Waiting | None = None  # taken from the queue, and too large or other for the batch before

    async def answer(self, answerer: Answerer, rows: Arrays) -> list[Any]:
        """The answers for the rows of one request. Raises Refused (429) if too many wait already."""
        waiting = _Waiting(answerer, rows, asyncio.get_running_loop().create_future())
        try:
            self.queue.put_nowait(waiting)
        except asyncio.QueueFull:
            raise Refused(429, "Too many requests wait already; try again in a moment.") from None
        return await waiting.answers

    async def run(self) -> None:
        """Answers until it is cancelled; what waits then is answered first."""
        try:
            while True:
                await self._answer_batch(await self._collect())
        except asyncio.CancelledError:
            while self._held is not None or not self.queue.empty():
                await self._answer_batch(self._ready([], 0))
            self._thread.shutdown()
            raise

    async def _collect(self) -> list[_Waiting]:
        first = self._held or await self.queue.get()
        self._held = None
        batch = [first]
        rows = rows_in(first.rows)
        if self._is_crowded and rows < self.most_rows:
            await asyncio.sleep(self.wait_s)
        batch = self._ready(batch, rows)
        self._is_crowded = len(batch) > 1  # a client that is alone need not wait for others
        return batch

    def _ready(self, batch: list[_Waiting], rows: int) -> list[_Waiting]:
        """The batch with what else is there and fits."""
        while rows < self.most_rows:
            if self._held is None and self.queue.empty():
                break
            other = self._held or self.queue.get_nowait()
            self._held = None
            is_alike = not batch or (other.answerer is batch[0].answerer and fit_together(other.rows, batch[0].rows))
            if batch and (not is_alike or rows + rows_in(other.rows) > self.most_rows):
                self._held = other
                break
            batch.append(other)
            rows += rows_in(other.rows)
        return batch

    async def _answer_batch(self, batch: list[_Waiting]) -> None:
        rows = joined([one.rows for one in batch])
        self.sizes.append(rows_in(rows))
        work = asyncio.get_running_loop().run_in_executor(self._thread, batch[0].answerer.answer, padded(rows))
        try:
            answers = await asyncio.shield(work)
        except asyncio.CancelledError:
            answers = await work
            _deliver(batch, answers)
            raise
        except Exception as error:
            if len(batch) > 1:  # one of them is at fault, and the others are not to suffer
                for one in batch:
                    await self._answer_batch([one])
            elif not batch[0].answers.done():
                batch[0].answers.set_exception(error)
            return
        _deliver(batch, answers)


def _deliver(batch: list[_Waiting], answers: list[Any]) -> None:
    begin = 0
    for one in batch:
        end = begin + rows_in(one.rows)
        if not one.answers.done():  # who asked may have gone
            one.answers.set_result(answers[begin:end])
        begin = end
