"""Cuts a program along the batch: whole runs of operations go through tile by tile, on a pool of threads.

A value that needs every sample (a batch mean, the gradient of a weight) ends a stage: each tile gives its part, the parts
are added up in the order of the tiles, and the next stage may use the sum. So the results do not depend on the number of
threads. Between the stages stand the operations that have nothing to do with the batch, such as the optimizer's.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .._cut import SUM, WHOLE, Cut, Split, cut, part_of
from .._graph import Graph, Node, Spec, Var
from .._primitive import NO_GRADIENT, Primitive
from .._reference import run_graph
from ._estimates import calls, seconds, with_most_products

# A stage is worth its threads from about that many seconds of work on one; below, its operations stay as they were.
MIN_SECONDS = 0.5e-3
# Threads whose calls are shorter than this spend their time waiting for each other.
MIN_CALL_SECONDS = 3e-6
# A tile should write about that much: less would be read again from a nearer cache, but takes more calls, and threads that
# call often wait for each other (Python lets one of them at a time prepare a call); ...
TILE_BYTES = 6 << 20
# ... and no less than this for each call of NumPy.
BYTES_A_CALL = 24 << 10
# In machine code a tile is few calls, and as much as stays in the cache next to the processor.
COMPILED_TILE_BYTES = 1 << 20
BYTES_A_SUM = 4  # and some times the sums, of which every tile makes a part
FEWEST_ROWS = 32  # of large products: of fewer they are slower
MAX_TILES = 16
# Sums larger than this are not made from parts: the operation runs on the whole batch, on its own.
MAX_PART_BYTES = 2 << 20


class Stage(NamedTuple):
    """A run of operations on tiles.

    `imports` are values of the program around it, each with the Split of what a tile reads (None: all of it); `exports`
    are its results, each with the Split of the part a tile writes, or SUM.
    """

    nodes: list[tuple[Node, Cut]]
    imports: list[tuple[Var, Split | None]]
    exports: list[tuple[Var, Any]]
    batch: int
    size: int  # samples a tile

    @property
    def tiles(self) -> list[tuple[int, int]]:
        return [(a, min(a + self.size, self.batch)) for a in range(0, self.batch, self.size)]

    def graph(self, size: int) -> Graph:
        """The program of a tile of `size` samples: inputs are the imports, then a buffer for each export."""
        imports = {(v, s): Var(part_shape(v, s, size), v.dtype) for v, s in self.imports}
        made: dict[Var, Var] = {}
        nodes = []
        for node, how in self.nodes:
            params = {**node.params, **how.params(size)} if how.params else node.params
            inputs = [made.get(v) or imports.get((v, s), v) for v, s in zip(node.inputs, how.inputs)]
            new = Node(node.primitive, inputs, params)
            specs = node.primitive.output_specs(inputs, params)
            new.outputs = [Var(tuple(s.shape), np.dtype(s.dtype), new) for s in specs]
            made.update(zip(node.outputs, new.outputs))
            nodes.append(new)
        outputs = [made[v] for v, _ in self.exports]
        return Graph([*imports.values(), *(Var(v.shape, v.dtype) for v in outputs)], nodes, outputs)

    def __repr__(self) -> str:
        return f"<{len(self.nodes)} operations, {len(self.tiles)} tiles of {self.size}>"


def part_shape(var: Var, split: Split | None, size: int) -> tuple[int, ...]:
    """The shape of what a tile of `size` samples sees."""
    if split is None:
        return var.shape
    return (*var.shape[: split.axis], size * split.per, *var.shape[split.axis + 1 :])


def _run_stage(*inputs: np.ndarray, stage: Stage) -> tuple[np.ndarray, ...]:
    """Tile by tile in plain NumPy."""
    results = [np.zeros(v.shape, v.dtype) for v, _ in stage.exports]
    for start, stop in stage.tiles:
        graph = stage.graph(stop - start)
        parts = [part_of(x, split, start, stop) for x, (_, split) in zip(inputs, stage.imports)]
        buffers = [np.empty(v.shape, v.dtype) for v in graph.outputs]
        for (_, how), whole, value in zip(stage.exports, results, run_graph(graph, [*parts, *buffers])):
            if how is SUM:
                whole += value
            else:
                part_of(whole, how, start, stop)[...] = value
    return tuple(results)


# Runs a Stage: inputs are its imports, outputs its exports. A plan binds it to arrays once; see `_tiles`.
stage = Primitive(
    "stage",
    forward=_run_stage,
    shape=lambda *_, stage: tuple(Spec(v.shape, v.dtype) for v, _ in stage.exports),
    vjp=NO_GRADIENT,
    cut=WHOLE,
)


def cut_into_stages(graph: Graph, batched: Iterable[int], batch: int, compiled: bool = False) -> Graph:
    """The program with its runs over the batch as stages; `batched` are the inputs that hold the samples on axis 0.

    compiled: whether the tiles become machine code.

    The same program if there is nothing to gain.
    """
    return _Cutter(graph, batched, batch, compiled).result() if batch > 1 else graph


def is_short(nodes: Iterable[Node]) -> bool:
    """Whether threads would wait for each other for longer than they work."""
    return seconds(nodes) < MIN_SECONDS


def samples_of(shapes: Sequence[tuple[int, ...]]) -> tuple[list[int], int]:
    """Which of the arrays that change from call to call hold the samples of a batch, and how many: those whose first axis
    has the most common length."""
    lengths = [s[0] for s in shapes if s]
    batch = max(lengths, key=lambda n: (lengths.count(n), n), default=1)
    return [k for k, s in enumerate(shapes) if s and s[0] == batch], batch


class _Cutter:
    """Places each operation: in a stage, numbered from 0, or outside, before the stage of the same number."""

    def __init__(self, graph: Graph, batched: Iterable[int], batch: int, compiled: bool):
        self.graph = graph
        self.batch = batch
        self.compiled = compiled
        self.split: dict[Var, Split] = {graph.inputs[i]: Split(0, 1) for i in batched}
        self.inside: dict[Var, int] = {}  # the stage that makes a value
        self.ready: dict[Var, int] = {}  # for values made outside: the number they are made under
        self.cuts: dict[Node, Cut] = {}
        self.stages: dict[int, list[Node]] = {}
        self.outside: dict[int, list[Node]] = {}
        for node in graph.nodes:
            self._place(node)
        self.kept = {k for k, nodes in self.stages.items() if _is_worth_threads(nodes)}

    def _place(self, node: Node) -> None:
        known = [self.split.get(v) for v in node.inputs]
        how = cut(node, known, self.batch) if any(k is not None for k in known) else None
        if how is not None and any(s is SUM and v.nbytes > MAX_PART_BYTES for s, v in zip(how.outputs, node.outputs)):
            how = None
        if how is None:
            number = max((self._after(v) for v in node.inputs), default=0)
            self.outside.setdefault(number, []).append(node)
            self.ready.update(dict.fromkeys(node.outputs, number))
            return
        number = max(self.inside[v] if k is not None and v in self.inside else self._after(v)
                     for v, k in zip(node.inputs, known))  # fmt: skip
        self.cuts[node] = how
        self.stages.setdefault(number, []).append(node)
        for v, s in zip(node.outputs, how.outputs):
            self.inside[v] = number
            if s is not SUM:
                self.split[v] = s

    def _after(self, var: Var) -> int:
        """From which number on the whole value can be read."""
        return self.inside[var] + 1 if var in self.inside else self.ready.get(var, 0)

    def result(self) -> Graph:
        if not self.kept:
            return self.graph
        outer = _Outside(self)
        for number in sorted({*self.stages, *self.outside}):
            for node in self.outside.get(number, ()):
                outer.add(node)
            members = self.stages.get(number, [])
            if number in self.kept:
                outer.add_stage(number, members)
            else:
                for node in members:
                    outer.add(node)
        return outer.finish()

    def in_stage(self, var: Var) -> int | None:
        number = self.inside.get(var)
        return number if number in self.kept else None


def _is_worth_threads(nodes: list[Node]) -> bool:
    # The products that go over all threads by themselves are no work for a stage.
    work = seconds(nodes, lambda n: not n.primitive.cost.shared_out(*n.inputs))
    return work >= max(MIN_SECONDS, calls(nodes) * MIN_CALL_SECONDS)


class _Outside:
    """Writes the program around the stages. Views are made again wherever they are read: they cost nothing."""

    def __init__(self, cutter: _Cutter):
        self.cutter = cutter
        self.nodes: list[Node] = []
        self.values: dict[Var, Var] = {}
        self.placed: list[tuple[Node, int]] = []
        self.exported: dict[int, dict[Var, Var]] = {}

    def read(self, var: Var) -> Var:
        """The value in the program around the stages."""
        if var.is_constant or var.node is None:
            return var
        if var not in self.values:
            if var.node.primitive.view is not None:
                self.add(var.node)
            else:  # of a stage that has run: one more of its results
                number = self.cutter.in_stage(var)
                assert number is not None
                self.values[var] = self.exported[number][var] = Var(var.shape, var.dtype)
        return self.values[var]

    def is_kept(self, var: Var) -> bool:
        """Whether the whole value exists outside the stages."""
        return var in self.values or self.cutter.in_stage(var) is None

    def add(self, node: Node) -> None:
        if node.outputs[0] in self.values:
            return
        new = Node(node.primitive, [self.read(v) for v in node.inputs], node.params)
        new.outputs = [Var(v.shape, v.dtype, new) for v in node.outputs]
        self.values.update(zip(node.outputs, new.outputs))
        self.nodes.append(new)

    def add_stage(self, number: int, members: list[Node]) -> None:
        """Puts the stage there; what it exports shows only when the rest of the program has been written."""
        inner = _Inside(self)
        for node in members:
            if node.primitive.view is None:
                inner.add(node)
        node = Node(stage, [self.read(v) for v, _ in inner.imports], {})
        node.params["stage"] = Stage(inner.nodes, list(inner.imports), [], self.cutter.batch, 0)
        self.exported[number] = {}
        self.nodes.append(node)
        self.placed.append((node, number))

    def finish(self) -> Graph:
        outputs = [self.read(v) for v in self.cutter.graph.outputs]
        for node, number in self.placed:
            made = self.exported[number]
            old = node.params["stage"]
            exports = []
            for v, outer in made.items():
                outer.node = node
                node.outputs.append(outer)
                assert v.node is not None
                exports.append((v, self.cutter.cuts[v.node].outputs[v.node.outputs.index(v)]))
            size = tile_size(old.nodes, self.cutter.batch, self.cutter.compiled)
            node.params["stage"] = old._replace(exports=exports, size=size)
        # A stage that gives nothing is left: later ones have computed its values again.
        return Graph(self.cutter.graph.inputs, [n for n in self.nodes if n.outputs], outputs)


class _Inside:
    """Writes the program of one stage, in terms of the values of the whole."""

    def __init__(self, outer: _Outside):
        self.outer = outer
        self.cuts = outer.cutter.cuts
        self.nodes: list[tuple[Node, Cut]] = []
        self.imports: dict[tuple[Var, Split | None], None] = {}
        self.made: set[Var] = set()

    def add(self, node: Node) -> None:
        how = self.cuts[node]
        for v, s in zip(node.inputs, how.inputs):
            self._read(v, s)
        self.nodes.append((node, how))
        self.made.update(node.outputs)

    def _read(self, var: Var, split: Split | None) -> None:
        """Makes sure that a tile has the value."""
        if var in self.made or (var.is_constant and split is None):
            return
        node = var.node
        if split is not None and node in self.cuts and (node.primitive.view is not None or self._can_remake(var, 4)):
            self.add(node)
        else:
            self.imports[var, split] = None

    def _can_remake(self, var: Var, depth: int) -> bool:
        """Whether a few cheap operations give the value from what is kept whole anyway: then it need not be kept too."""
        node = var.node
        assert node is not None
        if not depth or not node.primitive.cheap or self.outer.is_kept(var):
            return False
        return all(self._is_at_hand(v, s, depth) for v, s in zip(node.inputs, self.cuts[node].inputs))

    def _is_at_hand(self, var: Var, split: Split | None, depth: int) -> bool:
        node = var.node
        if split is None or var in self.made or (var, split) in self.imports or self.outer.is_kept(var):
            return True
        if node in self.cuts and node.primitive.view is not None:
            return self._is_at_hand(node.inputs[0], self.cuts[node].inputs[0], depth)
        return node in self.cuts and self._can_remake(var, depth - 1)


def tile_size(nodes: list[tuple[Node, Cut]], batch: int, compiled: bool) -> int:
    """Samples a tile: few enough for the cache, enough to be worth the calls; 2, 4, 8 or 16 tiles, so that they share out
    evenly over the usual numbers of threads."""
    each, sums = 0, 0
    for node, how in nodes:
        for v, s in zip(node.outputs, how.outputs):
            each += v.nbytes // batch if s is not SUM and node.primitive.view is None else 0
            sums += v.nbytes if s is SUM else 0
    if compiled:
        least, fewest = max(COMPILED_TILE_BYTES, BYTES_A_SUM * sums), _fewest(nodes, batch)
    else:
        least, fewest = max(TILE_BYTES, calls(n for n, _ in nodes) * BYTES_A_CALL), 1
    count = 2
    while count * 2 <= min(MAX_TILES, batch * each / least) and batch >= count * 2 * fewest:
        count *= 2
    return -(-batch // count)


def _fewest(nodes: list[tuple[Node, Cut]], batch: int) -> float:
    """Samples that a tile must have for its large products to have rows enough."""
    large = set(with_most_products(n for n, _ in nodes))
    return max((FEWEST_ROWS * batch / _rows(node, how, batch) for node, how in nodes if node in large), default=1)


def _rows(node: Node, how: Cut, batch: int) -> int:
    """Of the matrix that is cut; those of one step, where it is a sequence of calls."""
    if node.primitive.cost.calls(*node.inputs) > 1:
        return batch
    v, split = next((v, s) for v, s in zip(node.inputs, how.inputs) if s is not None)
    last = v.shape[-1]
    return last if split.axis == len(v.shape) - 1 else max(1, math.prod(v.shape[:-1]))
