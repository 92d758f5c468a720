"""The share of a batch that each process computes."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np
import torch
from torch import distributed

from lamina import tree

from .._part import Part, computing
from ._processes import LOST, gather_objects, num_processes, process_id
from ._reduce import mean, sums


class Share:
    """How batches reach the processes: each computes its rows, as even a share as the size allows.

    What a step gives is then made that of the whole batch: gradients by `mean` (the optimizer asks for it), statistics of layers
    likewise, counts and sums of metrics by addition. So the processes hold the same state after every step.
    """

    keeps_data = False

    def __init__(self, distribution: Any):
        self._is_given_all = distribution.auto_shard_dataset
        self.parts = num_processes()

    def check(self, size: int, where: str) -> None:
        """Raises ValueError, naming both, for a size of batches that does not divide by the number of processes."""
        if self._is_given_all and size % self.parts:
            raise ValueError(
                f"{where}: batches of {size} samples do not divide by the {self.parts} processes that share them. Let the size "
                f"of a batch be a multiple of {self.parts}; only the last may be smaller."
            )

    def check_loss(self, functions: list[Any]) -> None:
        """Raises NotImplementedError for losses that are no means over samples, which parts could not be put together from."""
        for function in functions:
            reduction = getattr(function, "reduction", "mean")
            if reduction not in ("sum_over_batch_size", "mean", "auto"):
                raise NotImplementedError(
                    f"The loss {function.name!r} has reduction={reduction!r}. On the torch engine processes put means over their "
                    "samples together: use reduction='sum_over_batch_size', or the jax engine."
                )

    def rows(self, size: int) -> slice:
        """Which rows of a batch of that size this process must have."""
        if not self._is_given_all:
            return slice(None)
        part = self._part(size)
        return slice(part.start, part.start + part.size)

    def _part(self, total: int) -> Part:
        start, stop = (total * (process_id() + i) // self.parts for i in range(2))
        return Part(start, stop - start, total, stop - start) if stop > start else Part(0, 1, total, 0)

    def put(self, batch: Any, size: int) -> Any:
        """A batch of `size` rows of which `batch` holds those of this process, with what part of it that is."""
        return _Shared(batch, self._part(size if self._is_given_all else size * self.parts))

    def batch(self, batch: Any) -> tuple[Any, Part]:
        """The rows of this process, of a batch that `put` gave or that every process has."""
        if isinstance(batch, _Shared):
            return batch.rows, batch.part
        size = len(next(x for x in tree.flatten(batch) if x is not None))
        part = self._part(size)
        return tree.map_structure(lambda x: None if x is None else part.of(x), batch), part

    def part(self, part: Part) -> AbstractContextManager[None]:
        """Around the trace of a step on such a part."""
        return computing(part)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Around a step: raises ConnectionError if another process is gone."""
        try:
            yield
        except (RuntimeError, distributed.DistBackendError) as error:
            if not any(sign in str(error) for sign in _SIGNS):
                raise
            raise ConnectionError(LOST) from error

    def joined(self, changes: list[tuple[Any, Any, Any]], part: Part) -> list[Any]:
        """The new values of variables of which each process made its own, from (variable, old, new)."""
        adds = [i for i, (v, _, _) in enumerate(changes) if v.aggregation == "sum"]
        others = [i for i, (v, _, new) in enumerate(changes) if v.aggregation != "sum" and new.dtype.is_floating_point]
        found = [new for _, _, new in changes]
        counts = 1 if part.counted else 0
        for i, total in zip(adds, sums([(changes[i][2] - changes[i][1]) * counts for i in adds])):
            found[i] = changes[i][1] + total
        for i, value in zip(others, mean([found[i] for i in others])):
            found[i] = value
        return found

    def logs(self, logs: Any, part: Part) -> Any:
        """Numbers that a step of the user's returns, as means over the batch."""
        return tree.map_structure(
            lambda x: mean([x])[0] if isinstance(x, torch.Tensor) and x.is_floating_point() else x, logs
        )

    def whole(self, outputs: Any, part: Part) -> Any:
        """The outputs for all rows of a batch, NumPy arrays."""
        own = [np.asarray(x.detach().cpu())[: part.counted] for x in tree.flatten(outputs)]
        columns = [np.concatenate(column) for column in zip(*gather_objects(own))]
        return tree.pack_sequence_as(outputs, columns)


def share(distribution: Any) -> Share | None:
    """How batches are shared out; None in a process that is alone."""
    return Share(distribution) if num_processes() > 1 else None


_SIGNS = ("Connection", "connection", "gloo", "NCCL", "Timed out", "timed out", "peer")


class _Shared:
    """Rows of a batch, no structure that anybody walks into."""

    def __init__(self, rows: Any, part: Part):
        self.rows = rows
        self.part = part
