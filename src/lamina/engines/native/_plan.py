"""From a program to a list of NumPy calls on buffers that are laid out once.

Every value gets a place before anything runs: an input's own array, a constant, a view, or a range of one arena, shared
by values that are never alive together; an elementwise call writes over an operand that is not needed any more; a donated
input (a weight) receives its new value in place. The calls become the source of one Python function without arguments,
which `print(plan.source)` shows. Binding the plan to arrays makes the views and compiles that source.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ._graph import Graph, Node, Var
from ._loops import Loop, places_of
from ._source import write_source
from ._threads import num_threads, parallel
from ._tiles import Tiles
from .layout import ALIGN, CHUNK, Register, Scratch, Shares, View, aligned_bytes, contiguous_strides, lay_out
from .machine._program import is_best_whole, write_program
from .machine._steps import Steps
from .machine._switch import Machine, machine_code
from .passes import cut_into_stages, is_short, samples_of, simplify
from .passes._stages import Stage

PIECES_A_THREAD = 8  # of a long run of elementwise calls, for a second thread to be worth waking


class Plan:
    """The layout and the source of a program.

    Args:
        graph: the program, simplified.
        donated: input index -> output index: the output is written into the input's array.
        owned: inputs that are copied into a buffer of the plan at each call; the others are bound to arrays.
        strides: of the arrays that the inputs will be bound to, where they are not C-contiguous.
        machine: whether it is machine code where it can be; None for what the switch says of programs before their first call.
        is_tile: whether it is run on one thread of several.
        quick: whether machine code is to be made soon rather than well.
    """

    def __init__(
        self, graph: Graph, donated: dict[int, int], owned: Sequence[int],
        strides: Sequence[tuple[int, ...]] | None = None, machine: bool | None = None,
        is_tile: bool = False, quick: bool = False,
    ):  # fmt: skip
        self.graph = graph
        self.donated = donated
        self.owned = list(owned)
        machine = machine_code() is Machine.AT_ONCE if machine is None else machine
        self.layout = lay_out(graph, donated, strides, machine)
        self.program = write_program(graph, self.layout, is_tile, quick) if machine else None
        self.arena_bytes = self.layout.arena_bytes
        self.source, self.names = write_source(graph, self.layout, donated, self.program)
        self.code = compile(self.source, "<lamina plan>", "exec")
        self.stages = {
            name: _tiles_of(node.params["stage"], [self.layout.strides_of(v) for v in node.inputs], machine, quick)
            for name, node in self.names.stages.items()
        }
        self.loops = {
            name: _loop_of(node, [self.layout.strides_of(v) for v in node.inputs], machine, quick)
            for name, node in self.names.loops.items()
        }

    def memory_bytes(self) -> int:
        """What the plan allocates, once, for all it computes on its way (the arrays it is bound to not counted)."""
        owned = sum(self.graph.inputs[n].nbytes for n in self.owned)
        within = sum(loop.plan.memory_bytes() for loop in self.loops.values())
        return owned + self.arena_bytes + sum(self._thread_arenas()) + self._room_for_parts() + within

    def _room_for_parts(self) -> int:
        return max((tiles.part_bytes for tiles in self.stages.values()), default=0)

    def _thread_arenas(self) -> list[int]:
        """Bytes that each thread needs for the tiles of any stage: they run one after the other."""
        threads = max((tiles.threads for tiles in self.stages.values()), default=0)
        return [max(tiles.arena_bytes for tiles in self.stages.values() if tiles.threads > t) for t in range(threads)]

    def compile(self) -> None:
        """Makes what is machine code, that of tiles and loops too, so that binding the plan need not wait for it."""
        if self.program is not None:
            self.program.compile()
        for tiles in self.stages.values():
            for plan in tiles.plans.values():
                plan.compile()
        for loop in self.loops.values():
            loop.plan.compile()

    def bind(self, arrays: Sequence[np.ndarray | None], arena: np.ndarray | None = None) -> "BoundPlan":
        """The plan on arrays: one for each input (right shape, dtype and strides), None for owned inputs.

        `arena` is memory for what the plan computes on its way, at least `arena_bytes` and what aligning it takes.
        """
        return BoundPlan(self, arrays, arena)


def _tiles_of(stage: Stage, strides: Sequence[tuple[int, ...]], machine: bool, quick: bool) -> Tiles:
    """The plans of a stage, which reads imports of these strides; what it exports it writes into arrays of its own."""
    exports = {len(strides) + o: o for o in range(len(stage.exports))}
    around = [*strides, *(contiguous_strides(v.shape, v.dtype) for v, _ in stage.exports)]
    sizes = {b - a for a, b in stage.tiles}
    return Tiles(
        stage, {n: Plan(stage.graph(n), exports, (), around, machine, is_tile=True, quick=quick) for n in sizes}
    )


def _loop_of(node: Node, strides: Sequence[tuple[int, ...]], machine: bool, quick: bool) -> Loop:
    """The plan of what a scan repeats: the state is replaced in place, the rows are copied to where the plan reads them."""
    params, body = node.params, simplify(node.params["body"])
    carried, sliced = params["carried"], params["sliced"]
    rows = range(carried, carried + sliced)
    around = [contiguous_strides(v.shape, v.dtype) for v in body.inputs[: rows.stop]] + list(strides[rows.stop :])
    alone = is_short(body.nodes)
    program = body if alone else cut_for(body, range(rows.stop), machine)
    plan = Plan(program, {i: i for i in range(carried)}, rows, around, machine, is_tile=alone, quick=quick)
    return Loop(plan, carried, sliced, places_of(params["length"], params["reverse"]))


def cut_for(graph: Graph, changing: Sequence[int], compiled: bool) -> Graph:
    """The program as it is best run, in stages or whole; `changing` are the inputs that hold something else at each run."""
    if compiled and is_best_whole(graph):
        return graph
    batched, batch = samples_of([graph.inputs[n].shape for n in changing])
    return cut_into_stages(graph, [changing[n] for n in batched], batch, compiled)


class BoundPlan:
    """A plan whose every value has its array. `run()` executes it once."""

    def __init__(self, plan: Plan, arrays: Sequence[np.ndarray | None], memory: np.ndarray | None):
        graph, layout = plan.graph, plan.layout
        raw = np.empty(layout.arena_bytes + ALIGN, np.uint8) if memory is None else memory
        start = -raw.ctypes.data % ALIGN
        arena = raw[start : start + layout.arena_bytes]
        values: dict[Var, np.ndarray] = {}
        self.inputs: list[np.ndarray] = []
        for var, array in zip(graph.inputs, arrays, strict=True):
            array = np.empty(var.shape, var.dtype) if array is None else array.view(np.ndarray)
            self.inputs.append(array)
            values[var] = array

        def read(var: Var) -> np.ndarray:
            return var.value if var.is_constant else values[var]

        for node in graph.nodes:
            for var in (*node.outputs, *layout.work.get(node, ())):
                match layout.places[var]:
                    case Register():
                        pass
                    case Shares(other):
                        values[var] = read(other)
                    case View(of):
                        values[var] = node.primitive.view(read(of), **node.params)
                    case Scratch(start):
                        values[var] = arena[start : start + CHUNK * var.dtype.itemsize].view(var.dtype)
                    case _:
                        start = layout.offset(var)
                        values[var] = arena[start : start + var.nbytes].view(var.dtype).reshape(var.shape)
        scope: dict[str, Any] = {"np": np, "store": _store, "store_all": _store_all, "parallel": parallel}
        for var, name in plan.names.values.items():
            scope[name] = read(var)
        scope.update(plan.names.functions)
        for name, (var, shape) in plan.names.reshaped.items():
            scope[name] = values[var].reshape(shape)
        for name, (var, start, stop) in plan.names.parts.items():
            scope[name] = values[var].reshape(-1)[start:stop]
        for name, block in plan.names.blocks.items():
            scope[name] = _shares([read(v) for v in block.arrays], block.size, arena[slice(*layout.free[block.first])])
        for name, run in plan.names.runs.items():
            assert plan.program is not None
            scope[name] = plan.program.bind(run, read)
        for name, node in plan.names.bound.items():
            groups = node.inputs, node.outputs, layout.work[node]
            scope[name] = node.primitive.bind_to(*([read(v) for v in group] for group in groups), node.params)
        arenas = [np.empty(size + ALIGN, np.uint8) for size in plan._thread_arenas()]
        room = np.empty(plan._room_for_parts(), np.uint8)
        for name, node in plan.names.stages.items():
            around = [read(v) for v in node.inputs], [read(v) for v in node.outputs]
            scope[name] = plan.stages[name].bind(*around, arenas, room)
        for name, node in plan.names.loops.items():
            scope[name] = plan.loops[name].bind(*([read(v) for v in group] for group in (node.inputs, node.outputs)))
        exec(plan.code, scope)
        self.run: Callable[[], None] = scope["run"]
        kept = plan.names.kept
        self.steps: Steps | None = None  # where nothing is left to NumPy
        self.outputs = [scope[kept[o]] if o in kept else read(v) for o, v in enumerate(graph.outputs)]
        if plan.program is not None and plan.donated.keys() <= layout.written:
            row = self.inputs[plan.owned[-1]] if plan.owned else np.empty(0)
            self.steps = plan.program.bind_steps(read, row, self.outputs[len(plan.donated) :])
            if self.steps is not None:
                self.run = self.steps.once


def _shares(arrays: list[np.ndarray], size: int, room: np.ndarray) -> list[list[tuple[np.ndarray, ...]]]:
    """For each thread its pieces, and for each piece the slices of all arrays.

    An array shorter than `size` is scratch: its slices are the same again and again, and every thread has its own, in `room` as
    long as that lasts. Arrays that are one object get slices that are one object, as calls that work in place expect.
    """

    def another(a: np.ndarray) -> np.ndarray:
        nonlocal room
        if a.nbytes > room.nbytes:
            return np.empty_like(a)
        found, room = room[: a.nbytes].view(a.dtype), room[aligned_bytes(a.nbytes) :]
        return found

    unique = {id(a): a for a in arrays}.values()
    starts = range(0, size, CHUNK)
    threads = max(1, min(num_threads(), len(starts) // PIECES_A_THREAD))
    shares = []
    for t in range(threads):
        flat = {id(a): a.reshape(-1) if a.size == size or not t else another(a) for a in unique}
        pieces = []
        for start in starts[t::threads]:
            length = min(CHUNK, size - start)
            cut = {k: a[start : start + length] if a.size == size else a[:length] for k, a in flat.items()}
            pieces.append(tuple(cut[id(a)] for a in arrays))
        shares.append(pieces)
    return shares


def _store(out: np.ndarray, value: Any) -> None:
    if value is not out:
        np.copyto(out, value)


def _store_all(outs: tuple[np.ndarray, ...], values: tuple[Any, ...]) -> None:
    for out, value in zip(outs, values):
        np.copyto(out, value)
