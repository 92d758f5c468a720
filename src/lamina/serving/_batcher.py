"""Requests that come within a few milliseconds are answered by one call of the model."""

import asyncio
from collections.abc import Callable
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
        observe: told the rows of each batch.
    """

    def __init__(self, most_rows: int, wait_s: float, most_waiting: int, observe: Callable[[int], None]):
        self.most_rows, self.wait_s, self.observe = most_rows, wait_s, observe
        self.queue: asyncio.Queue[_Waiting] = asyncio.Queue(most_waiting)
        self._is_crowded = False
        self._thread = ThreadPoolExecutor(1, "lamina-serve")
        self._held: _Waiting | None = None  # taken from the queue for the next batch

    async def answer(self, answerer: Answerer, rows: Arrays) -> list[Any]:
        """The answers for the rows of one request. Raises Refused (429) if too many wait already."""
        waiting = _Waiting(answerer, rows, asyncio.get_running_loop().create_future())
        try:
            self.queue.put_nowait(waiting)
        except asyncio.QueueFull:
            raise Refused(429, "Too many requests wait already; try again in a moment.") from None
        return await waiting.answers

    async def run(self) -> None:
        """Answers until it is cancelled."""
        while True:
            batch = await self._collect()
            await self._answer_batch(batch)
            for _ in batch:
                self.queue.task_done()

    async def stop(self) -> None:
        """Comes back when all that waits has been answered; `run` may be cancelled then."""
        await self.queue.join()
        self._thread.shutdown()

    async def _collect(self) -> list[_Waiting]:
        """One request at least, with what else is there and fits."""
        if self._held is None:
            self._held = await self.queue.get()
        if self._is_crowded and rows_in(self._held.rows) < self.most_rows:
            await asyncio.sleep(self.wait_s)
        batch, rows = [self._held], rows_in(self._held.rows)
        self._held = None
        while rows < self.most_rows and not self.queue.empty():
            other = self.queue.get_nowait()
            rows += rows_in(other.rows)
            is_alike = other.answerer is batch[0].answerer and fit_together(other.rows, batch[0].rows)
            if rows > self.most_rows or not is_alike:
                self._held = other
                break
            batch.append(other)
        self._is_crowded = len(batch) > 1  # a client that is alone need not wait for others
        return batch

    async def _answer_batch(self, batch: list[_Waiting]) -> None:
        try:
            rows = joined([one.rows for one in batch])
            self.observe(rows_in(rows))
            answer = batch[0].answerer.answer
            answers = await asyncio.get_running_loop().run_in_executor(self._thread, answer, padded(rows))
        except Exception as error:
            if len(batch) > 1:  # one of them is at fault, and the others are not to suffer
                for one in batch:
                    await self._answer_batch([one])
            elif not batch[0].answers.done():
                batch[0].answers.set_exception(error)
        else:
            _deliver(batch, answers)


def _deliver(batch: list[_Waiting], answers: list[Any]) -> None:
    begin = 0
    for one in batch:
        end = begin + rows_in(one.rows)
        if not one.answers.done():  # who asked may have gone
            one.answers.set_result(answers[begin:end])
        begin = end
