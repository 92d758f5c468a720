"""Runs a stage of a plan: a tile is a plan of its own, bound to its slices of the arrays around it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ._cut import SUM, part_of
from ._threads import num_threads, parallel
from .layout import aligned_bytes
from .passes._stages import Stage


class InnerPlan(Protocol):
    """What a plan within another, of a tile or of what a loop repeats, must have."""

    arena_bytes: int

    def memory_bytes(self) -> int: ...

    def compile(self) -> None: ...

    def bind(self, arrays: Sequence[np.ndarray | None], arena: np.ndarray | None = None) -> Any: ...


@dataclass(frozen=True)
class Tiles:
    """The plans of a stage by the samples of a tile: one for tiles of full size, maybe one for a smaller last tile."""

    stage: Stage
    plans: Mapping[int, InnerPlan]

    @property
    def threads(self) -> int:
        return min(num_threads(), len(self.stage.tiles))

    @property
    def arena_bytes(self) -> int:
        """What a thread needs."""
        return max(p.arena_bytes for p in self.plans.values())

    @property
    def part_bytes(self) -> int:
        """What the parts of its sums need, those of the first tile not counted."""
        return (len(self.stage.tiles) - 1) * sum(aligned_bytes(v.nbytes) for v, how in self.stage.exports if how is SUM)

    def bind(
        self,
        inputs: Sequence[np.ndarray],
        outputs: Sequence[np.ndarray],
        arenas: Sequence[np.ndarray],
        room: np.ndarray,
    ) -> Callable[[], None]:
        """A function without arguments that runs all tiles on these arrays; each thread works in one of the arenas, and
        the parts of the sums, but for the first, lie in `room`."""
        stage, tiles, threads = self.stage, self.stage.tiles, self.threads
        parts, start = {}, 0
        for k, ((_, how), out) in enumerate(zip(stage.exports, outputs)):
            if how is SUM:
                stop = start + (len(tiles) - 1) * aligned_bytes(out.nbytes)
                rows = room[start:stop].reshape(len(tiles) - 1, -1)[:, : out.nbytes]
                parts[k] = [out, *(row.view(out.dtype).reshape(out.shape) for row in rows)]
                start = stop
        runs = []
        for t, (a, b) in enumerate(tiles):
            arrays = [part_of(x, s, a, b) for x, (_, s) in zip(inputs, stage.imports)]
            arrays += [
                parts[k][t] if how is SUM else part_of(out, how, a, b)
                for k, ((_, how), out) in enumerate(zip(stage.exports, outputs))
            ]
            runs.append(self.plans[b - a].bind(arrays, arenas[t % threads]).run)
        sums = list(parts.values())
        # Interleaved, so that a smaller last tile does not leave one thread idle for long.
        shares = [runs[t::threads] for t in range(threads)]

        def run() -> None:
            parallel(_run_all, shares)
            for out, *others in sums:
                for part in others:
                    np.add(out, part, out)

        return run


def _run_all(runs: Sequence[Callable[[], None]]) -> None:
    for run in runs:
        run()
