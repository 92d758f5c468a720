"""Dense layers and convolutions: rows of numbers times a matrix."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from lamina import activations
from lamina.ops import convert_to_numpy
from lamina.viewing._explanation import BACKWARD, FORWARD, Line, Section

from ._call import Passed
from ._windows import windows_of
from ._writing import activated, factor, named, number, pulled_back, section, sum_of


class Product:
    """`activation(row · matrix + bias)` for each of some rows.

    Args:
        layer: whose it is.
        title: what it does.
        rows: `(rows, terms)`.
        names: what to call each row; "" for the only one.
        terms: indices of the kernel that belong to the terms.
        unit: what to call a column of the matrix.
    """

    def __init__(
        self, layer: Any, title: str, rows: np.ndarray, names: Sequence[str], terms: Sequence[str], unit: str = "unit"
    ):  # fmt: skip
        self.layer, self.title, self.rows, self.names, self.terms = layer, title, rows, names, terms
        self.unit = unit
        self.matrix = _array(layer.kernel).reshape(rows.shape[1], -1)
        self.bias = None if layer.bias is None else _array(layer.bias)
        self.activation = layer.activation
        self.sums = rows @ self.matrix + (0.0 if self.bias is None else self.bias)
        self.outputs = activated(self.activation, self.sums)

    def forward(self, most: int | None) -> list[Section]:
        total = self.sums.size
        if self.activation is not activations.linear:
            total *= 2
            most = None if most is None else 2 * most
        return [section(FORWARD, self.layer, self.title, self._sums(), total, most)]

    def _sums(self) -> Iterator[Line]:
        for row, unit in np.ndindex(self.sums.shape):
            of = self._name(row, unit)
            bias = () if self.bias is None else (self.bias[unit],)
            z, products = self.sums[row, unit], list(zip(self.matrix[:, unit], self.rows[row]))
            is_linear = self.activation is activations.linear
            yield Line(f"{of}: {'output' if is_linear else 'z'}", sum_of(products, *bias), z)
            if not is_linear:
                whole = "all z of the row" if self.activation is activations.softmax else number(z)
                yield Line(f"{of}: output", f"{named(self.activation)}({whole})", self.outputs[row, unit])

    def _name(self, row: int, unit: int) -> str:
        return f"{self.names[row]}{self.unit} {unit + 1}"

    def backward(self, gradient: np.ndarray, most: int | None) -> list[Section]:
        gradient = gradient.reshape(self.sums.shape)
        delta = pulled_back(self.activation, self.sums, gradient)
        kernel, back = self.rows.T @ delta, delta @ self.matrix.T
        parts: list[tuple[str, Iterator[Line], int]] = [
            ("∂L/∂z", self._deltas(gradient, delta), delta.size),
            ("gradient of the kernel", self._kernel(delta, kernel), kernel.size),
        ]
        if self.bias is not None:
            parts.append(("gradient of the bias", self._bias(delta), len(self.bias)))
        parts.append(("∂L/∂x, for the layers before", self._back(delta, back), back.size))
        return [section(BACKWARD, self.layer, title, lines, total, most) for title, lines, total in parts]

    def _deltas(self, gradient: np.ndarray, delta: np.ndarray) -> Iterator[Line]:
        for row, unit in np.ndindex(delta.shape):
            g, d = gradient[row, unit], delta[row, unit]
            formula = number(g)
            if self.activation is activations.softmax:
                shares = self.outputs[row]
                formula = f"{factor(shares[unit])} · ({number(g)} - {factor(float(shares @ gradient[row]))})"
            elif self.activation is not activations.linear:
                slope = pulled_back(self.activation, self.sums[row : row + 1, unit : unit + 1], np.ones((1, 1)))
                formula = f"{factor(g)} · {factor(slope.item())}"
            is_linear = self.activation is activations.linear
            rule = "δ = ∂L/∂output" if is_linear else f"δ = ∂L/∂output · {named(self.activation)}'(z)"
            yield Line(f"{self._name(row, unit)}: {rule}", formula, d)

    def _kernel(self, delta: np.ndarray, kernel: np.ndarray) -> Iterator[Line]:
        for term, unit in np.ndindex(kernel.shape):
            products = list(zip(delta[:, unit], self.rows[:, term]))
            yield Line(f"kernel[{self.terms[term]}{unit}]: δ · x", sum_of(products), kernel[term, unit])

    def _bias(self, delta: np.ndarray) -> Iterator[Line]:
        for unit, values in enumerate(delta.T):
            yield Line(f"bias[{unit}]: δ", sum_of([], *values[:_SHOWN]) + _rest(values), values.sum())

    def _back(self, delta: np.ndarray, back: np.ndarray) -> Iterator[Line]:
        for row, term in np.ndindex(back.shape):
            products = list(zip(self.matrix[term], delta[row]))
            yield Line(f"{self.names[row]}x[{self.terms[term].rstrip(', ')}]: w · δ", sum_of(products), back[row, term])


_SHOWN = 10  # of a sum of single numbers


def _rest(values: np.ndarray) -> str:
    left = values[_SHOWN:]
    return f" + [{len(left)} more: {number(left.sum())}]" if len(left) else ""


def dense(call: Passed) -> Product:
    """A Dense layer; on inputs of higher rank, each place is a row."""
    places = list(np.ndindex(call.inputs.shape[:-1]))
    names = [f"at {list(place)}, " if place else "" for place in places]
    rows = call.inputs.reshape(len(places), -1)
    title = f"Dense: {rows.shape[1]} numbers into {call.outputs.shape[-1]}"
    return Product(call.layer, title, rows, names, [f"{i}, " for i in range(rows.shape[1])])


def convolution(call: Passed) -> Product:
    """Conv1D, Conv2D and Conv3D, of one group, channels last: each window is a row."""
    layer = call.layer
    if layer.groups > 1 or layer.data_format != "channels_last":
        raise NotImplementedError("groups and channels_first")
    rows, places, starts = windows_of(call.inputs, layer.kernel_size, layer.strides, layer.dilation_rate, layer.padding)
    names = [f"at {list(place)}, window from {list(start)}, " for place, start in zip(places, starts)]
    sizes = (*layer.kernel_size, call.inputs.shape[-1])
    terms = ["".join(f"{n}, " for n in index) for index in itertools.product(*map(range, sizes))]
    title = f"{type(layer).__name__}: a window of {sizes} for each of {len(places)} places, {layer.filters} filters"
    return Product(layer, title, rows, names, terms, "filter")


def _array(variable: Any) -> np.ndarray:
    return np.asarray(convert_to_numpy(variable), "float64")
