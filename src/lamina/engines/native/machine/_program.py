"""From a placed program to functions in machine code: which calls go together, and the text of what they do.

Calls that follow one another and can be written become one function without arguments but a table of addresses. A run of
elementwise calls is one loop, in which every number is loaded once, and stored only if somebody outside reads it. A long
one stands alone, as a function of a range, which threads share.
"""

import ctypes
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from .._emit import can_hold, is_scalar
from .._graph import Graph, Node, Var, type_name
from .._threads import num_threads, parallel
from ..layout import Joined, Layout, View, contiguous_strides, lay_out
from ..passes._estimates import with_most_products
from ._arrays import Arrays, ArraysOfTeam, ArraysOfTile, Indices, broadcast_strides, merged
from ._code import INT64, Array, Module, Value
from ._library import Library, library
from ._steps import HAS_YIELD, TYPES, Steps, write_steps

MOST_BYTES = 2 << 20  # of a value, for it to stay in the cache
LONG = 150  # lines of a function, after which another begins


@dataclass
class Run:
    """Calls that became one function.

    start, stop: the first call and the one after the last.
    name: of the function.
    arrays: those whose addresses it is given, in order.
    length: rounds of its outermost loop, or pieces, where threads share it out.
    """

    start: int
    stop: int
    name: str
    arrays: list[Var] = field(default_factory=list)
    length: int | None = None


@dataclass(frozen=True)
class Program:
    """What of a placed program is machine code."""

    runs: Mapping[int, Run]  # by the first call
    text: str
    is_whole: bool  # whether no call is left to NumPy, so that steps can be run one after the other
    quick: bool  # as of `Library`

    def compile(self) -> None:
        """Makes the functions, so that `bind` need not."""
        if self.runs:
            library(self.text, self.quick)

    def bind(self, run: Run, read: Callable[[Var], np.ndarray]) -> Callable[[], None]:
        """The function of a run on these arrays."""
        arrays = [read(v) for v in run.arrays]
        return _bound(library(self.text, self.quick), run, _table(arrays), arrays)

    def bind_steps(
        self, read: Callable[[Var], np.ndarray], row: np.ndarray, outputs: Sequence[np.ndarray]
    ) -> Steps | None:
        """Of a whole program, what runs many steps in one call; None where the results cannot be kept."""
        if not self.is_whole or not all(x.flags.c_contiguous for x in (row, *outputs)):
            return None
        arrays = [[read(v) for v in run.arrays] for run in self.runs.values()]
        tables = [_table(group) for group in arrays]
        addresses = (ctypes.c_void_p * len(tables))(*map(ctypes.addressof, tables))
        shares = any(run.length is not None for run in self.runs.values())
        made = library(self.text, self.quick)
        return Steps(made.function("steps", *TYPES), addresses, row, outputs, shares, made, (arrays, tables))


def _table(arrays: Sequence[np.ndarray]) -> Any:
    return (ctypes.c_void_p * len(arrays))(*(x.ctypes.data for x in arrays))


def _bound(made: Library, run: Run, table: Any, arrays: Sequence[np.ndarray]) -> Callable[[], None]:
    """The call keeps its code and the arrays alive."""
    if run.length is None:
        call = partial(made.function(run.name, ctypes.c_void_p), table)
    else:
        function = made.function(run.name, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)
        threads = max(1, min(num_threads(), run.length))
        bounds = [run.length * k // threads for k in range(threads + 1)]
        call = partial(parallel, lambda part: function(table, *part), list(pairwise(bounds)))
    call.keeps = made, arrays  # type: ignore[attr-defined]
    return call


def write_program(graph: Graph, layout: Layout, is_tile: bool = False, quick: bool = False) -> Program:
    """The functions of a program whose layout was made with `fuse`; `is_tile`: one thread of many runs it; `quick`: as of
    `Library`."""
    module, writers = Module(), []
    groups = list(_groups(graph, layout))
    is_whole = not is_tile and HAS_YIELD and all(_can_write(nodes, layout, ArraysOfTeam) for *_, nodes in groups)
    kind = ArraysOfTile if is_tile else ArraysOfTeam if is_whole else Arrays
    writer: _Writer | None = None
    for start, stop, nodes in groups:
        if not _can_write(nodes, layout, kind):
            writer = None
            continue
        fused = is_scalar(nodes[0])
        length = None if is_tile else (_length if fused else _pieces)(nodes, layout, kind)
        if writer is None or length is not None:
            writer = _Writer(kind, module, Run(start, stop, f"run_{start}", length=length), layout)
            writers.append(writer)
        writer.add(nodes, fused)
        writer.run.stop = stop
        if length is not None:
            writer = None
    runs = {w.run.start: w.finish() for w in writers}
    if is_whole and runs:
        module.functions.append(write_steps(list(runs.values())))
    return Program(runs, str(module), is_whole and bool(runs), quick)


def writable(graph: Graph, kind: type[Arrays] = ArraysOfTile) -> set[Node]:
    """The calls of a program, as it is before it is cut into tiles, of which machine code can be made, in tiles or otherwise."""
    layout = lay_out(graph, {}, None, True)
    groups = [nodes for *_, nodes in _groups(graph, layout)]
    return {node for nodes in groups if _can_write(nodes, layout, kind) for node in nodes}


def is_best_whole(graph: Graph) -> bool:
    """Whether a program is better run as it is, by threads that meet, than cut into tiles: where nothing of it is left to
    NumPy, its values stay in the cache, and its large products can be shared out."""
    calls = [n for n in graph.nodes if n.primitive.view is None]
    if not HAS_YIELD or any(v.nbytes > MOST_BYTES for n in calls for v in n.outputs):
        return False
    emits = [(n, n.primitive.emit) for n in with_most_products(calls)]
    shared = all(e is not None and e.pieces(ArraysOfTeam, n.inputs, n.outputs, **n.params) > 1 for n, e in emits)
    return shared and writable(graph, ArraysOfTeam) >= set(calls)


def _groups(graph: Graph, layout: Layout) -> Iterator[tuple[int, int, list[Node]]]:
    """Calls one by one, those of a loop together: the first, the one after the last, and all that are no views."""
    blocks, n = dict(layout.blocks), 0
    while n < len(graph.nodes):
        start, n = n, blocks.get(n, n) + 1
        nodes = [node for node in graph.nodes[start:n] if not layout.is_view(node)]
        if nodes:
            yield start, n, nodes


def _length(nodes: Sequence[Node], layout: Layout, kind: type[Arrays]) -> int | None:
    """Rounds of the outermost loop of a long run, None for a short one."""
    shape = nodes[0].outputs[0].shape
    if int(np.prod(shape)) < kind.least_shared:
        return None
    sizes, _ = _axes(nodes, layout)
    return sizes[0]


def _pieces(nodes: Sequence[Node], layout: Layout, kind: type[Arrays]) -> int | None:
    """Of how many pieces a call is made, None for one."""
    (node,) = nodes
    if node.outputs[0] in layout.wholes or node.primitive.emit is None:
        return None
    count = node.primitive.emit.pieces(kind, node.inputs, node.outputs, **node.params)
    return count if count > 1 else None


def _axes(nodes: Sequence[Node], layout: Layout) -> tuple[tuple[int, ...], dict[Var, tuple[int, ...]]]:
    """The loops of a run, and for each array in memory the strides with which it is walked through."""
    shape = nodes[0].outputs[0].shape
    touched = dict.fromkeys(v for node in nodes for v in (*node.inputs, *node.outputs))
    arrays = [v for v in touched if v not in layout.registers and not _is_number(v)]
    strides = [broadcast_strides(Array("", v.shape, layout.strides_of(v), v.dtype), shape) for v in arrays]
    sizes, walked = merged(shape, strides)
    return sizes, dict(zip(arrays, walked))


def _is_number(var: Var) -> bool:
    return var.is_constant and var.value.size == 1


def _can_write(nodes: Sequence[Node], layout: Layout, kind: type[Arrays]) -> bool:
    if is_scalar(nodes[0]):
        return True
    node = nodes[0]
    if any(not can_hold(v.dtype) for v in (*node.inputs, *node.outputs)):
        return False
    if any(0 in v.shape for v in node.inputs) or all(0 in v.shape for v in node.outputs):
        return False
    if node.outputs[0] in layout.wholes or node.primitive.view is not None:
        return True
    emit = node.primitive.emit
    if emit is None or emit.loops is None:
        return False
    arrays = [[_array(v, layout, "") for v in group] for group in (node.inputs, node.outputs)]
    return emit.can(kind, *arrays, **node.params)


def _array(var: Var, layout: Layout, pointer: str) -> Array:
    return Array(pointer, var.shape, layout.strides_of(var), var.dtype)


class _Writer:
    """Writes the function of one run; a long one as parts that it calls: LLVM takes longer for a loop the more of them stand in
    its function."""

    def __init__(self, kind: type[Arrays], module: Module, run: Run, layout: Layout):
        self.run, self.layout = run, layout
        self._kind, self._module = kind, module
        self._parts: list[str] = []
        self._name = run.name
        self._begin(run.name)

    def _begin(self, name: str) -> None:
        ranged = "" if self.run.length is None else ", i64 %start, i64 %stop"
        self.code = self._kind(self._module, name, f"ptr noalias %table{ranged}")
        self._known: set[Var] = set()

    def finish(self) -> Run:
        name = self.code.finish()
        if self._parts:
            parts = [*self._parts, name]
            self._begin(f"{self._name}_whole")
            for name in parts:
                self.code.write(f"call void @{name}(ptr %table)")
            name = self.code.finish()
        self.run.name = name
        return self.run

    def array(self, var: Var) -> Array:
        if var not in self.run.arrays:
            self.run.arrays.append(var)
        number = self.run.arrays.index(var)
        if var not in self._known:
            self._known.add(var)
            self.code.argument(number)
        return _array(var, self.layout, f"%array{number}")

    def add(self, nodes: Sequence[Node], fused: bool) -> None:
        if len(self.code.lines) > LONG:
            self._parts.append(self.code.finish())
            self._begin(f"{self._name}_part{len(self._parts) + 1}")
        node = nodes[0]
        if fused:
            self.fused(nodes)
            return
        self.code.comment(_said(node))
        if node.outputs[0] in self.layout.wholes:
            self._rest_of_joined(node)
        elif node.primitive.view is not None:
            self._reordered(node)
        else:
            inputs, outputs = ([self.array(v) for v in group] for group in (node.inputs, node.outputs))
            more: dict[str, Any] = {}
            if node.primitive.emit.takes_work:
                more["work"] = [self.array(v) for v in self.layout.work[node]]
            if self.run.length is not None:
                more["share"] = Value("%start", INT64), Value("%stop", INT64)
            node.primitive.emit.loops(self.code, inputs, outputs, **more, **node.params)

    def _reordered(self, node: Node) -> None:
        """What would be a view if memory had another order: the input's elements, one after the other."""
        x, out = self.array(node.inputs[0]), self.array(node.outputs[0])
        strides = contiguous_strides(x.shape, x.dtype)
        self.code.copy(x, out._replace(shape=x.shape, strides=strides))

    def _rest_of_joined(self, node: Node) -> None:
        """Copies the parts of a concatenation that could not be computed in place."""
        whole = self.array(node.outputs[0])
        assert node.primitive.joins is not None
        for v, start in zip(node.inputs, node.primitive.joins(node)):
            if not is_joined(v, node.outputs[0], start, self.layout) and v.nbytes:
                pointer = self.code.define(f"getelementptr i8, ptr {whole.pointer}, i64 {start}", np.int64, "part").text
                strides = contiguous_strides(v.shape, v.dtype)
                self.code.copy(self.array(v), Array(pointer, v.shape, strides, v.dtype))

    # --- elementwise calls in one loop ---

    def fused(self, nodes: Sequence[Node]) -> None:
        for node in nodes:
            self.code.comment(_said(node))
        sizes, strides = _axes(nodes, self.layout)
        _Fused(self, nodes, sizes, strides).loop(0, ())


def is_joined(v: Var, whole: Var, offset: int, layout: Layout) -> bool:
    """Whether `v` was computed at that place of the concatenation."""
    while isinstance(place := layout.places.get(v), View):
        v = place.of
    return place == Joined(whole, offset)


def _said(node: Node) -> str:
    place = "" if node.place is None else f"  ({' '.join(str(p) for p in node.place if p)})"
    ins = ", ".join(type_name(v) for v in node.inputs)
    return f"{', '.join(type_name(v) for v in node.outputs)} = {node.primitive.name} {ins}{place}"


class _Fused:
    """The loops of a run of elementwise calls. What does not change in the inner loops is loaded outside of them."""

    def __init__(
        self, writer: _Writer, nodes: Sequence[Node], sizes: tuple[int, ...], strides: Mapping[Var, tuple[int, ...]]
    ):
        self.writer, self.code, self.nodes, self.sizes = writer, writer.code, nodes, sizes
        made = {v for node in nodes for v in node.outputs}
        self.arrays = {v: writer.array(v)._replace(shape=sizes, strides=s) for v, s in strides.items()}
        self.read = [v for v in strides if v not in made]
        self.values: dict[Var, Value] = {}

    def loop(self, depth: int, indices: Indices) -> None:
        for v in self.read:
            if v not in self.values and not any(self.arrays[v].strides[depth:]):
                self.values[v] = self.code.load(self.arrays[v], indices)
        if depth == len(self.sizes):
            self._element(indices)
            return
        ranged = depth == 0 and self.writer.run.length is not None
        start, stop = Value("%start", INT64), Value("%stop", INT64)
        around = dict(self.values)
        with self.code.loop(
            stop if ranged else self.sizes[depth], start if ranged else None, independent=depth == len(self.sizes) - 1
        ) as i:
            self.loop(depth + 1, (*indices, i))
        self.values = around

    def _element(self, indices: Indices) -> None:
        for node in self.nodes:
            numbers = [self._number(v, indices) for v in node.inputs]
            (out,) = node.outputs
            value = node.primitive.emit.scalar(self.code, *numbers, **node.params)
            self.values[out] = value = self.code.rounded(value, out.dtype)
            if out not in self.writer.layout.registers:
                self.code.store(value, self.arrays[out], indices)

    def _number(self, var: Var, indices: Indices) -> Value:
        if _is_number(var):
            return self.code.number(var.value.reshape(-1)[0], var.dtype)
        if var not in self.values:
            self.values[var] = self.code.load(self.arrays[var], indices)
        return self.values[var]
