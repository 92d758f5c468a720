"""The pure steps of a model: made once from its layers, loss, metrics and optimizer, compiled, and run over batches.

A step is `step(state, batch) -> (new state, logs)`: `state` is the list of arrays of all variables concerned, read and
written through a StateScope. On data in memory the batch is gathered inside the step, from arrays that stay where they are.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from lamina import tree
from lamina.engines import engine
from lamina.variables import StateScope, Variable

from ._data import ArrayData
from ._flat import FlatState


class Step:
    """One of a model's steps ("train", "test" or "predict"), compiled.

    Args:
        update: `update(batch, flat) -> logs` (or predictions), on tensors, with variables that read and write a scope.
        variables: everything it may read or change.
        flat: long buffers that replace some of the variables, or None.
    """

    def __init__(self, update: Callable, variables: list[Variable], flat: FlatState | None = None):
        self.update = update
        self.flat = flat
        covered = flat.covered if flat else set()
        unique = {id(v): v for v in (*(flat.long_variables if flat else ()), *variables) if id(v) not in covered}
        self.variables = list(unique.values())
        self._compile()

    def _compile(self) -> None:
        self._on_batch = engine.compile(self._step, donate=(0,))
        self._on_places = engine.compile(self._gathering_step, donate=(0,), resident=(1,))

    def _step(self, state: list[Any], batch: Any) -> Any:
        with StateScope(zip(self.variables, state)) as scope:
            if self.flat is not None:
                for variable, value in self.flat.parts(scope):
                    scope.set(variable, value)
            logs = self.update(batch, self.flat)
            new = [scope[v] for v in self.variables]
        self._require_complete(scope)
        return new, logs

    def _require_complete(self, scope: StateScope) -> None:
        """Raises _MoreState if the step read or wrote variables that are not part of its state."""
        known = {id(v) for v in self.variables} | (self.flat.covered if self.flat else set())
        touched = {**scope.missed, **{id(v): v for v, _ in scope.items()}}
        more = [v for key, v in touched.items() if key not in known]
        if more:
            raise _MoreState(more)

    def _complete(self, call: Callable[[], Any]) -> Any:
        """`call()`, again with more state if tracing it met variables that nobody had announced: those of optimizers
        and metrics that a custom step keeps in attributes, of layers that it builds, of the global random generator."""
        while True:
            try:
                return call()
            except _MoreState as more:
                self.variables += more.variables
                self._compile()

    def _gathering_step(self, state: list[Any], data: Any, places: Any) -> Any:
        batch = tree.map_structure(lambda a: None if a is None else engine.nn.take_rows(a, places), data)
        return self._step(state, batch)

    def _state(self) -> list[Any]:
        return [v._value for v in self.variables]

    def _keep(self, state: list[Any]) -> None:
        for variable, value in zip(self.variables, state):
            if value is not variable._value:
                variable.assign(value)

    def on_batch(self, batch: Any) -> Any:
        """One step on a batch of arrays; returns its logs."""
        state, logs = self._complete(lambda: self._on_batch(self._state(), batch))
        self._keep(state)
        return logs

    def on_places(self, data: ArrayData, rows: np.ndarray, collect: bool = False) -> Any:
        """A step on each row of places `(steps, batch)` in data in memory; returns the logs of the last, or with
        `collect` what all returned, stacked."""
        state, logs = self._complete(lambda: self._on_places.loop(self._state(), data.data, rows=rows, collect=collect))
        self._keep(state)
        return logs


class _MoreState(Exception):
    """Tracing met variables that are not part of the step's state."""

    def __init__(self, variables: list[Variable]):
        super().__init__(f"{len(variables)} variables more")
        self.variables = variables
