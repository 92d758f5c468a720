"""All weights in one buffer, all slots in others: the update is a few operations on long arrays instead of many on short.

The optimizers' formulas work element by element, so running one on the concatenation of all weights gives each weight the
same numbers. The variables of the model and of its optimizer become views of the long buffers and stay what they were.
"""

from typing import Any

import numpy as np

from lamina import ops
from lamina.engines import engine
from lamina.variables import StateScope, Variable


def can_flatten(optimizer: Any, variables: list[Variable]) -> bool:
    """Whether the optimizer may be run on the concatenation of the variables."""
    return (
        len(variables) > 1
        and getattr(optimizer, "elementwise", False)
        and list(map(id, optimizer._trainable_variables)) == list(map(id, variables))  # whose slots they are
        and not optimizer.clipnorm
        and not optimizer.use_ema
        and len({v._value.dtype for v in variables}) == 1
        and not any(v.constraint is not None or v.overwrite_with_gradient for v in variables)
        and all(optimizer.uses_weight_decay(v) for v in variables)
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
        self._slots = {name: self._join(own, name) for name, own in optimizer.slots.items()}
        optimizer.adopt(self.weights, self._slots)
        self.covered = {id(v) for v in variables} | {
            id(v) for own in optimizer.slots.values() for v in own[: len(variables)]
        }
        self.long_variables = [self.weights, *self._slots.values()]

    def _join(self, variables: list[Variable], name: str) -> Variable:
        long = Variable(ops.zeros((self._stops[-1],), variables[0].dtype), name=f"flat_{name}")
        for v, start, stop in zip(variables, self._starts, self._stops):
            v.rebind(long._value[start:stop].reshape(v.shape))
        return long

    def is_current(self) -> bool:
        """Whether the variables still lie in the buffers (a later FlatState may have taken them)."""
        return all(engine.shares_storage(v._value, self.weights._value) for v in self.variables)

    def parts(self, scope: StateScope) -> list[tuple[Variable, Any]]:
        """Each weight as a view of the long tensor in `scope`."""
        long = scope[self.weights]
        return [
            (v, ops.reshape(long[start:stop], v.shape))
            for v, start, stop in zip(self.variables, self._starts, self._stops)
        ]

    def apply(self, gradients: list[Any]) -> None:
        """One update of all weights, inside a StateScope."""
        self.optimizer.apply([ops.concatenate([ops.reshape(g, (-1,)) for g in gradients])], [self.weights])
