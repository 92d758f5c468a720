"""Recurrent layers: the same cell at each step, forward through time and backward."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lamina.ops import convert_to_numpy
from lamina.viewing._explanation import BACKWARD, FORWARD, Line, Section

from ._call import Passed
from ._writing import named, number, section, sum_of


@dataclass
class Step:
    """What a cell computed in one step, and later the gradients of it.

    Attributes: `x`, `state` before it; `sums` and `gates` by name; `after`, the states after it; `terms`, formulas of the
    states with their numbers; `deltas` of the sums, of the part of the input and of the part of the state.
    """

    x: np.ndarray
    before: dict[str, np.ndarray]
    sums: dict[str, np.ndarray]
    gates: dict[str, np.ndarray]
    after: dict[str, np.ndarray]
    delta_x: np.ndarray | None = None
    delta_h: np.ndarray | None = None
    kept: np.ndarray | None = None


class Recurrent:
    """SimpleRNN, LSTM or GRU from zero states, without a mask.

    Args: `call` of the layer; its inputs are `(steps, features)`.
    """

    names: tuple[str, ...] = ("h",)

    def __init__(self, call: Passed):
        layer = self.layer = call.layer
        self.units = layer.units
        self.kernel, self.recurrent = (_array(w) for w in (layer.cell.kernel, layer.cell.recurrent_kernel))
        self.bias = None if layer.cell.bias is None else _array(layer.cell.bias)
        self.order = range(len(call.inputs))[:: -1 if layer.go_backwards else 1]
        states = {name: np.zeros(self.units) for name in self.states}
        self.steps: list[Step] = []
        for t in self.order:
            self.steps.append(self.step(call.inputs[t], states))
            states = self.steps[-1].after
        every = np.stack([step.after["h"] for step in self.steps])
        self.outputs = every if layer.return_sequences else every[-1]

    states: tuple[str, ...] = ("h",)

    def step(self, x: np.ndarray, before: dict[str, np.ndarray]) -> Step:
        raise NotImplementedError

    def step_back(self, step: Step, after: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The gradients for the states before a step, from those after it; sets the step's deltas."""
        raise NotImplementedError

    def told(self, step: Step, unit: int) -> Iterator[Line]:
        """How the state of a unit follows from its gates."""
        raise NotImplementedError

    # --- forward ------------------------------------------------------------------------------------------------------

    def forward(self, most: int | None) -> list[Section]:
        title = f"{type(self.layer).__name__}: {len(self.steps)} steps of {self.units} units"
        lines = [line for n, step in enumerate(self.steps) for line in self._lines(n, step)]
        limit = None if most is None else most * len(lines) // (len(self.steps) * self.units)
        return [section(FORWARD, self.layer, title, iter(lines), len(lines), limit)]

    def _lines(self, n: int, step: Step) -> Iterator[Line]:
        for unit in range(self.units):
            where = f"step {self.order[n] + 1}, unit {unit + 1}: "
            lines = [*self._gate_lines(step, unit), *self.told(step, unit)]
            yield from (Line(where + line.what, line.formula, line.value) for line in lines)

    def _gate_lines(self, step: Step, unit: int) -> Iterator[Line]:
        for place, (name, sums) in enumerate(step.sums.items()):
            column = place * self.units + unit
            bias = [] if self.bias is None or self.bias.ndim > 1 else [self.bias[column]]
            products = [*zip(self.kernel[:, column], step.x), *self._state_products(step, name, column)]
            yield Line(f"z_{name}", sum_of(products, *bias, *self._more(step, name, unit, column)), sums[unit])
            yield Line(name, f"{named(self.activation_of(name))}({number(sums[unit])})", step.gates[name][unit])

    def _state_products(self, step: Step, name: str, column: int) -> list[tuple[float, float]]:
        return list(zip(self.recurrent[:, column], step.before["h"]))

    def _more(self, step: Step, name: str, unit: int, column: int) -> list[float]:
        return []

    def activation_of(self, name: str) -> Any:
        return self.layer.activation if name in ("h", "n", "g") else self.layer.recurrent_activation

    # --- backward -----------------------------------------------------------------------------------------------------

    def backward(self, gradient: np.ndarray, most: int | None) -> list[Section]:
        given = gradient if self.layer.return_sequences else np.zeros((len(self.steps), self.units))
        if not self.layer.return_sequences:
            given[-1] = gradient
        after = {name: np.zeros(self.units) for name in self.states}
        for step, here in zip(reversed(self.steps), given[::-1]):
            after = self.step_back(step, {**after, "h": after["h"] + here})
        weights: list[tuple[str, np.ndarray, np.ndarray]] = [
            ("kernel", np.stack([s.x for s in self.steps]), np.stack([s.delta_x for s in self.steps])),
            (
                "recurrent_kernel",
                np.stack([s.before["h"] for s in self.steps]),
                np.stack([s.delta_h for s in self.steps]),
            ),
        ]
        found = [self._deltas(most)]
        for name, values, deltas in weights:
            sums = self._weight_sums(name, values, deltas)
            lines = self._weight_lines(name, values, deltas, sums)
            found.append(section(BACKWARD, self.layer, f"gradient of the {name}", lines, sums.size, most))
        return [*found, *self._bias_section(most)]

    def _weight_sums(self, name: str, values: np.ndarray, deltas: np.ndarray) -> np.ndarray:
        return values.T @ deltas

    def _weight_lines(self, name: str, values: np.ndarray, deltas: np.ndarray, sums: np.ndarray) -> Iterator[Line]:
        for i, j in np.ndindex(sums.shape):
            yield Line(
                f"{name}[{i}, {j}]: δ · input, step by step", sum_of(list(zip(deltas[:, j], values[:, i]))), sums[i, j]
            )

    def _deltas(self, most: int | None) -> Section:
        names = list(self.steps[0].sums)

        def lines() -> Iterator[Line]:
            for n in reversed(range(len(self.steps))):
                for place, name in enumerate(names):
                    for unit in range(self.units):
                        value = self.steps[n].delta_x[place * self.units + unit]
                        yield Line(f"step {self.order[n] + 1}, unit {unit + 1}: ∂L/∂z_{name}", "", value)

        total = len(self.steps) * len(names) * self.units
        return section(BACKWARD, self.layer, "∂L/∂z, back through the steps", lines(), total, most)

    def _bias_section(self, most: int | None) -> list[Section]:
        if self.bias is None:
            return []
        deltas = np.stack([s.delta_x for s in self.steps])
        if self.bias.ndim > 1:
            deltas = np.stack([deltas, np.stack([s.delta_h for s in self.steps])], axis=1)
        sums = deltas.sum(axis=0)
        lines = (
            Line(
                f"bias{list(map(int, place))}: δ, step by step", sum_of([], *deltas[(slice(None), *place)]), sums[place]
            )
            for place in np.ndindex(sums.shape)
        )
        return [section(BACKWARD, self.layer, "gradient of the bias", lines, sums.size, most)]

    def _split(self, values: np.ndarray, count: int) -> list[np.ndarray]:
        return np.split(values, count, axis=-1)


def _array(variable: Any) -> np.ndarray:
    return np.asarray(convert_to_numpy(variable), "float64")
