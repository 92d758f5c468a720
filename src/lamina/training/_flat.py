"""All weights in one buffer, all slots in others: the update is a few operations on long arrays instead of many on short.

The optimizers' formulas work element by element, so running one on the concatenation of all weights gives each weight the
same numbers. The variables of the model and of its optimizer become views of the long buffers and stay what they were.
"""

from typing import Any

import numpy as np

from lamina import ops
from lamina.variables import StateScope, Variable


def can_flatten(optimizer: Any, variables: list[Variable]) -> bool:
    """Whether the optimizer may be run on the concatenation of the variables."""
    return (
        len(variables) > 1
        and getattr(optimizer, "elementwise", False)
        and not optimizer.clipnorm
        and len({v._value.dtype for v in variables}) == 1
        and not any(v.constraint is not None or v.overwrite_with_gradient for v in variables)
        and all(optimizer.applies_weight_decay(v) for v in variables)
    )


class FlatState:
    """The weights and slots of a model in long buffers.

    Args:
        optimizer: built on `variables`.
        variables: the trainable variables, of one dtype.
    """

    def __init__(self, optimizer: Any, variables: list[Variable]):
        self.variables = variables
        self.optimizer = optimizer
        sizes = [v.size for v in variables]
        self._stops = np.cumsum(sizes).tolist()
        self._starts = [stop - n for stop, n in zip(self._stops, sizes)]
        self.weights = self._join(variables, "weights")
        # The same optimizer, with one long variable to look after; counter and rate are shared.
        self._long = optimizer.twin([self.weights])
        self._slots: list[tuple[Variable, list[Variable]]] = []
        for long_slot, short_slots in optimizer.matching_slots(self._long):
            self._slots.append((self._join(short_slots, "slot", long_slot), short_slots))
        self.covered = {id(v) for v in variables} | {id(s) for _, short in self._slots for s in short}
        self.long_variables = [self.weights, *(slot for slot, _ in self._slots)]

    def _join(self, variables: list[Variable], name: str, into: Variable | None = None) -> Variable:
        total = self._stops[-1]
        long = into or Variable(np.zeros(total, variables[0]._value.dtype), name=f"flat_{name}")
        for v, start, stop in zip(variables, self._starts, self._stops):
            v.rebind(long._value[start:stop].reshape(v.shape))
        return long

    def is_current(self) -> bool:
        """Whether the variables still lie in the buffers (a later FlatState may have taken them)."""
        return all(np.shares_memory(v._value, self.weights._value) for v in self.variables)

    def parts(self, scope: StateScope) -> list[tuple[Variable, Any]]:
        """Each weight as a view of the long tensor in `scope`."""
        long = scope[self.weights]
        return [
            (v, ops.reshape(long[start:stop], v.shape))
            for v, start, stop in zip(self.variables, self._starts, self._stops)
        ]

    def apply(self, gradients: list[Any]) -> None:
        """One update of all weights, inside a StateScope."""
        self._long.apply([ops.concatenate([ops.reshape(g, (-1,)) for g in gradients])], [self.weights])
