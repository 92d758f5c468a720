"""Runs a program again and again, with a state carried on and rows of sequences: what `scan` becomes in a plan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ._tiles import InnerPlan


@dataclass(frozen=True)
class Loop:
    """The plan of the body, whose inputs are the state, a row of each sequence, and what stays the same.

    Attributes: `carried`, `sliced`, how many arrays of the first two kinds there are; `places`, of the rows, in the order of use.
    """

    plan: InnerPlan
    carried: int
    sliced: int
    places: range

    def bind(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> Callable[[], None]:
        """A function without arguments that runs all steps on these arrays; the outputs are the last state, in which the state
        lies all the way, and what the steps gave, stacked."""
        first, sequences = inputs[: self.carried], inputs[self.carried : self.carried + self.sliced]
        state, stacked = outputs[: self.carried], outputs[self.carried :]
        bound = self.plan.bind([*state, *[None] * self.sliced, *inputs[self.carried + self.sliced :]])
        starts = list(zip(state, first))
        rows = list(zip(bound.inputs[self.carried : self.carried + self.sliced], sequences))
        given = list(zip(stacked, bound.outputs[self.carried :]))
        places, step = self.places, bound.run

        def run() -> None:
            for to, start in starts:
                np.copyto(to, start)
            for i in places:
                for row, sequence in rows:
                    np.copyto(row, sequence[i])
                step()
                for store, value in given:
                    store[i] = value

        return run


def places_of(length: int, reverse: bool) -> range:
    """The places of the rows in the order in which a scan takes them."""
    return range(length - 1, -1, -1) if reverse else range(length)
