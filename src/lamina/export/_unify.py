"""The same function traced at several sizes: one program with these sizes left open."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lamina.engines.native._graph import Graph, Var

from ._dim import Dim, Sizes, fit_size
from ._errors import ExportError, at
from ._program import COMPUTED, CONSTANT, INPUT, Call, Form, Program, Value

WHAT_TO_DO = "Give the inputs fixed sizes there (all but the batch), or leave the layer out of the exported part."


class Unifier:
    """Walks the graphs of all samples at once; each value of the program stands for one variable of every graph."""

    def __init__(self, samples: Sequence[Sizes]):
        self.samples = samples
        self.values: dict[Var, Value] = {}  # by the variables of the first graph
        self.others: dict[Var, Var] = {}  # variable of another graph -> that of the first
        self.place = ""

    def program(self, graphs: Sequence[Graph]) -> Program:
        """The program of the graphs, one a sample. Raises ExportError that names the layer where they differ."""
        inputs = [self.new(vs, INPUT) for vs in zip(*(g.inputs for g in graphs), strict=True)]
        if len({len(g.nodes) for g in graphs}) != 1:
            raise self.differs(self._first_difference(graphs))
        calls = [self.call(nodes) for nodes in zip(*(g.nodes for g in graphs))]
        outputs = [self.read(vs) for vs in zip(*(g.outputs for g in graphs))]
        return Program(inputs, [], calls, outputs)

    def new(self, variables: Sequence[Var], kind: str) -> Value:
        """A value for what stands in these variables."""
        first = variables[0]
        shape = tuple(fit_size(sizes, self.samples) for sizes in zip(*(v.shape for v in variables)))
        self.others.update((v, first) for v in variables)
        self.values[first] = Value(shape, first.dtype, kind)
        return self.values[first]

    def call(self, nodes: Sequence[Any]) -> Call:
        self.place = nodes[0].place[0]
        names = {n.primitive.name for n in nodes}
        if len(names) != 1 or len({len(n.inputs) for n in nodes}) != 1:
            raise self.differs(self.place)
        inputs = [self.read(vs) for vs in zip(*(n.inputs for n in nodes))]
        params = {key: self.param([n.params[key] for n in nodes]) for key in nodes[0].params}
        call = Call(nodes[0].primitive, inputs, params, self.place)
        call.outputs = [self.new(vs, COMPUTED) for vs in zip(*(n.outputs for n in nodes))]
        return call

    def read(self, variables: Sequence[Var]) -> Value:
        if variables[0].is_constant:
            return self.constant(variables)
        first = self.others.get(variables[0])
        if first is None or any(self.others.get(v) is not first for v in variables):
            raise self.differs(self.place)
        return self.values[first]

    def constant(self, variables: Sequence[Var]) -> Value:
        if not all(v.is_constant for v in variables):
            raise self.differs(self.place)
        if variables[0] not in self.values:
            value = self.new(variables, CONSTANT)
            arrays = [np.asarray(v.value) for v in variables]
            if all(a.shape == arrays[0].shape and np.array_equal(a, arrays[0], _has_nan(a)) for a in arrays):
                value.array = arrays[0]
            else:
                value.form = self.form(arrays)
        return self.values[variables[0]]

    def form(self, arrays: Sequence[np.ndarray]) -> Form:
        """The rule by which a constant grows with the open sizes."""
        if arrays[0].ndim == 0:
            return self.scalar_form(arrays)
        for rule in (_full, self.range_form, _repeated, _rows, _steps, _lower):
            form = rule(arrays)
            if form is not None:
                return form
        raise self.differs(self.place, f"a constant of shape {arrays[0].shape}")

    def scalar_form(self, arrays: Sequence[np.ndarray]) -> Form:
        numbers = [a.item() for a in arrays]
        if all(float(x).is_integer() for x in numbers):
            size = fit_size([int(x) for x in numbers], self.samples)
            if size is not None:
                return Form("size", size)
        if all(x and abs(1 / x - round(1 / x)) < 1e-3 for x in numbers):
            size = fit_size([round(1 / x) for x in numbers], self.samples)
            if size is not None:
                return Form("inverse", size)
        raise self.differs(self.place, f"a constant that is {numbers[0]:.6g} for {self.samples[0]}")

    def range_form(self, arrays: Sequence[np.ndarray]) -> Form | None:
        """Whole numbers at equal distances along the last axis, the same for every row."""
        if arrays[0].dtype.kind not in "iuf":
            return None
        first = arrays[0].reshape(-1, arrays[0].shape[-1])[0]
        step = first[1] - first[0] if len(first) > 1 else 1
        starts = []
        for a in arrays:
            row = a.reshape(-1, a.shape[-1])[0]
            if not np.array_equal(a, np.broadcast_to(row[0] + step * np.arange(len(row)), a.shape)) or row[0] % 1:
                return None
            starts.append(int(row[0]))
        start = fit_size(starts, self.samples)
        return None if start is None or step % 1 else Form("range", start, int(step))

    def param(self, found: Sequence[Any]) -> Any:
        """A parameter with what differs left open."""
        first = found[0]
        if isinstance(first, Graph):
            inner = Unifier(self.samples)
            inner.place = self.place
            return inner.program(found)
        if callable(first) and not isinstance(first, (np.dtype, type)):
            return None
        if isinstance(first, np.ndarray):
            return first
        if isinstance(first, (tuple, list)) and len({len(f) for f in found}) == 1:
            return type(first)(self.param(parts) for parts in zip(*found))
        if isinstance(first, slice):
            return slice(*(self.param(parts) for parts in zip(*((f.start, f.stop, f.step) for f in found))))
        if all(f == first for f in found):
            return first
        size = fit_size(found, self.samples) if all(type(f) is int for f in found) else None
        if size is None:
            other = next(i for i, f in enumerate(found) if f != first)
            raise self.differs(
                self.place, f"{first!r} for {self.samples[0]}, {found[other]!r} for {self.samples[other]}"
            )
        return size

    def differs(self, place: str, what: str = "") -> ExportError:
        sizes = ", ".join(self.samples[0])
        detail = f" ({what})" if what else ""
        return ExportError(
            f"{at(place)} computes something else for other sizes of the inputs ({sizes}){detail}, in a way that no one "
            f"program can do for all of them. {WHAT_TO_DO}"
        )

    def _first_difference(self, graphs: Sequence[Graph]) -> str:
        for nodes in zip(*(g.nodes for g in graphs)):
            if len({n.primitive.name for n in nodes}) != 1:
                return nodes[0].place[0]
        longest = max(graphs, key=lambda g: len(g.nodes))
        return longest.nodes[min(len(g.nodes) for g in graphs)].place[0]


def is_open(size: Any) -> bool:
    """Whether a size depends on the inputs."""
    return isinstance(size, Dim)


def _has_nan(a: np.ndarray) -> bool:
    return a.dtype.kind in "fc"


def _full(arrays: Sequence[np.ndarray]) -> Form | None:
    value = arrays[0].reshape(-1)[:1]
    return Form("full", value[0].item()) if all(a.size and (a == value).all() for a in arrays) else None


def _rows(arrays: Sequence[np.ndarray]) -> Form | None:
    """One row, repeated along every axis that differs."""
    varying = [i for i, sizes in enumerate(zip(*(a.shape for a in arrays))) if len(set(sizes)) > 1]
    row = arrays[0][tuple(slice(0, 1) if i in varying else slice(None) for i in range(arrays[0].ndim))]
    return Form("rows", array=row) if all(np.array_equal(a, np.broadcast_to(row, a.shape)) for a in arrays) else None


def _repeated(arrays: Sequence[np.ndarray]) -> Form | None:
    """0, 0, 0, 5, 5, 5, 10, ...: whole numbers at equal distances, each equally often."""
    flat = arrays[0].reshape(-1)
    if flat.dtype.kind not in "iuf" or flat[-1] % 1:
        return None
    times = int((flat == flat[0]).sum())
    step = int(flat[-1]) // max(flat.size // times - 1, 1)
    fits = all(np.array_equal(a.reshape(-1), np.arange(a.size) // times * step) for a in arrays)
    return Form("repeated", times, step) if fits else None


def _steps(arrays: Sequence[np.ndarray]) -> Form | None:
    """One row, and the same whole number more for each further one, along the one axis that differs."""
    varying = [i for i, sizes in enumerate(zip(*(a.shape for a in arrays))) if len(set(sizes)) > 1]
    if len(varying) != 1 or arrays[0].dtype.kind not in "iuf":
        return None
    moved = [np.moveaxis(a, varying[0], -1) for a in arrays]
    row, step = moved[0][..., :1], np.ravel(moved[0][..., 1] - moved[0][..., 0])[0]
    fits = all(np.array_equal(m, row + step * np.arange(m.shape[-1])) for m in moved)
    return Form("steps", varying[0], int(step), np.moveaxis(row, -1, varying[0])) if fits and step % 1 == 0 else None


def _lower(arrays: Sequence[np.ndarray]) -> Form | None:
    """Ones on and below the diagonal of the last two axes."""
    if arrays[0].ndim < 2:
        return None
    fits = all(np.array_equal(a, np.broadcast_to(np.tri(*a.shape[-2:], dtype=a.dtype), a.shape)) for a in arrays)
    return Form("lower") if fits else None
