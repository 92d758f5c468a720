"""`compile`: traces a function once for each combination of shapes and dtypes, and runs it as a plan ever after."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from lamina import tree

from ._graph import Graph, Spec
from ._operands import to_array
from ._plan import BoundPlan, Plan, cut_for
from ._subnormals import no_subnormals
from ._succession import Succession, hand_over, is_light
from ._tensor import wrap
from ._threads import one_blas_thread
from ._trace import current_trace, is_traced
from ._tracer import Tracer
from ._tracing import traced_graph
from .passes import simplify


def spec(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What `fn` would return, as Specs, without computing it. Specs among the arguments stand for arrays."""
    leaves = tree.flatten((args, kwargs))
    given = [x for x in leaves if isinstance(x, Spec)]

    def body(*tracers: Any) -> Any:
        supply = iter(tracers)
        filled = [next(supply) if isinstance(x, Spec) else x for x in leaves]
        a, k = _pack((args, kwargs), filled)
        return fn(*a, **k)

    _, _, result = traced_graph(lambda *t: _arrays_only(body(*t)), given)
    return tree.map_structure(
        lambda x: None if x is None else Spec(tuple(x.shape), x.dtype.name if x.dtype != object else "string"), result
    )


def _arrays_only(result: Any) -> Any:
    return tree.map_structure(lambda x: x if x is None else to_array(x), result)


def _pack(structure: Any, leaves: list[Any]) -> Any:
    """pack_sequence_as where Specs (named tuples) among the structure's leaves were flattened as leaves."""
    supply = iter(leaves)
    return tree.map_structure(lambda _: next(supply), structure)


class CompiledFunction:
    """The result of `compile`; `plans` holds one plan a signature."""

    def __init__(
        self, fn: Callable[..., Any], donate: Sequence[int], resident: Sequence[int], progress: dict[str, int] | None
    ):
        self.fn = fn
        self.progress = {} if progress is None else progress
        self.donate = frozenset(donate)
        self.resident = frozenset(resident)
        self._entries: dict[Any, _Entry] = {}
        self._lock = threading.RLock()  # a plan has one set of buffers: threads take turns

    @property
    def plans(self) -> list[Plan]:
        return [e.plan for e in self._entries.values()]

    def __call__(self, *args: Any) -> Any:
        leaves = tree.flatten(args)
        if current_trace() is not None and any(is_traced(x) for x in leaves):
            return self.fn(*args)  # already inside a traced program: becomes part of it
        # no word of overflow and the like, as everywhere in lamina.ops
        with self._lock, one_blas_thread, no_subnormals(), np.errstate(all="ignore"):
            entry, arrays = self._entry(args)
            return entry(arrays)

    def loop(self, *args: Any, rows: np.ndarray, start: int = 0, stop: int | None = None, collect: bool = False) -> Any:
        """Calls `fn(*args, row)` for `rows[start:stop]` in turn, donated state carried on; returns the last result.

        The same as calling it in a loop, without the look-ups between. With `collect`, what is not donated comes back for
        all rows, stacked.
        """
        ahead, rows = len(rows) - start, rows[start:stop]
        with self._lock, one_blas_thread, no_subnormals(), np.errstate(all="ignore"):
            entry, arrays = self._entry((*args, rows[0]))
            return entry.loop(arrays, rows, ahead, collect)

    def prepare(self, *args: Any, row: Any) -> None:
        """Traces and plans what `loop` will run on rows like this one, if that is not done."""
        with self._lock:
            self._entry((*args, row))

    def _entry(self, args: tuple[Any, ...]) -> tuple["_Entry", list[Any]]:
        leaves, kinds = [], []
        for i, arg in enumerate(args):
            flat = tree.flatten(arg)
            leaves.extend(flat)
            kinds.append((i, len(flat)))
        arrays = [x if isinstance(x, np.ndarray) else _as_array(x) for x in leaves]
        key = tuple((a.shape, a.dtype) if isinstance(a, np.ndarray) else a for a in arrays)
        entry = self._entries.get(key)
        if entry is None or entry.kinds != kinds:
            entry = self._entries[key] = _Entry(self, args, arrays, kinds, _name(kinds, key))
        return entry, arrays


def _name(*parts: Any) -> str:
    """A short name, the same in every process."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _as_array(x: Any) -> Any:
    """Arrays and numbers are data; None, booleans and strings are part of the signature."""
    if x is None or isinstance(x, (bool, str)):
        return x
    if isinstance(x, int):
        return np.asarray(x, np.int32)
    if isinstance(x, float):
        return np.asarray(x, np.float32)
    return np.asarray(to_array(x))


class _Entry:
    """One traced signature of a compiled function, and the plan bound to the arrays of the last call."""

    def __init__(
        self,
        function: CompiledFunction,
        args: tuple[Any, ...],
        arrays: list[Any],
        kinds: list[tuple[int, int]],
        name: str,
    ):
        self.kinds = kinds
        self.name, self.progress = name, function.progress
        argument = [i for i, n in kinds for _ in range(n)]
        self.traced = [k for k, a in enumerate(arrays) if isinstance(a, np.ndarray)]
        specs = [Spec(arrays[k].shape, arrays[k].dtype) for k in self.traced]

        def body(*tracers: Tracer) -> Any:
            filled = list(arrays)
            for k, t in zip(self.traced, tracers):
                filled[k] = t
            return _arrays_only(function.fn(*_pack(args, filled)))

        graph, captured, self.structure = traced_graph(body, specs)
        if captured:
            raise TypeError("compile: the function uses a tensor of another traced function; pass it as an argument.")
        leaves = tree.flatten(self.structure)
        graph = _drop_none(graph, [n for n, x in enumerate(leaves) if x is not None])
        graph = simplify(graph)
        self.donated_inputs = [n for n, k in enumerate(self.traced) if argument[k] in function.donate]
        # The outputs that replace donated inputs come first, in order: result = (new state..., everything else).
        donated = {i: o for o, i in enumerate(self.donated_inputs)}
        self.bound_inputs = [
            n for n, k in enumerate(self.traced) if argument[k] in function.donate or argument[k] in function.resident
        ]
        bound = set(self.bound_inputs)
        self.owned = [n for n in range(len(self.traced)) if n not in bound]
        self.succession = Succession(
            partial(cut_for, graph, self.owned),
            donated,
            self.owned,
            hand_over(graph),
            is_light(graph),
            self.progress.get(name, 0),
        )
        self.binding: BoundPlan | None = None
        self.last: list[Any] = []

    @property
    def plan(self) -> Plan:
        """The one that runs now."""
        return self.succession.plan

    def __call__(self, arrays: list[Any]) -> Any:
        given = [arrays[k] for k in self.traced]
        binding = self._bound_to(given)
        for n in self.owned:
            np.copyto(binding.inputs[n], given[n])
        binding.run()
        self._count(1)
        return self._results(given, [wrap(np.array(o)) for o in self._fresh(binding)])

    def loop(self, arrays: list[Any], rows: np.ndarray, ahead: int, collect: bool) -> Any:
        given = [arrays[k] for k in self.traced]
        stacked: list[np.ndarray] = []
        done = 0
        while done < len(rows):
            binding = self._bound_to(given, ahead - done)
            some = rows[done : done + min(self.succession.room(), len(rows))]  # room may be without end
            self._run(binding, given, some, self._stores(stacked, binding, len(rows), done) if collect else None)
            self._count(len(some))
            done += len(some)
        return self._results(given, [wrap(o) for o in stacked or map(np.array, self._fresh(binding))])

    def _stores(self, stacked: list[np.ndarray], binding: BoundPlan, count: int, done: int) -> list[np.ndarray]:
        """Where the results of the rows from `done` on are stacked."""
        if not stacked:
            stacked += [np.empty((count, *o.shape), o.dtype) for o in self._fresh(binding)]
        return [store[done:] for store in stacked]

    def _run(self, binding: BoundPlan, given: list[np.ndarray], rows: np.ndarray, stores: Any) -> None:
        """A step on each row; with `stores` all results are kept there."""
        *others, last = self.owned
        for n in others:
            np.copyto(binding.inputs[n], given[n])
        if binding.steps is not None and binding.steps.takes(rows):
            binding.steps.run(rows, stores or ())
            return
        target, run = binding.inputs[last], binding.run
        if stores is None:
            for row in rows:
                target[...] = row
                run()
            return
        sources = self._fresh(binding)
        for i, row in enumerate(rows):
            target[...] = row
            run()
            for store, output in zip(stores, sources):
                store[i] = output

    def _count(self, steps: int) -> None:
        self.succession.steps += steps
        self.progress[self.name] = self.succession.steps

    def _fresh(self, binding: BoundPlan) -> list[np.ndarray]:
        """The outputs that do not lie in donated arrays."""
        return binding.outputs[len(self.donated_inputs) :]

    def _bound_to(self, given: list[np.ndarray], ahead: int = 1) -> BoundPlan:
        fixed = [given[n] for n in self.bound_inputs]
        if self.succession.turn(ahead):
            self.binding = None
        if self.binding is None or any(a is not b for a, b in zip(fixed, self.last)):
            self._bind(given)
        assert self.binding is not None
        return self.binding

    def _results(self, given: list[np.ndarray], fresh: list[Any]) -> Any:
        results = [given[n] for n in self.donated_inputs] + fresh
        supply = iter(results)
        return tree.map_structure(lambda leaf: None if leaf is None else next(supply), self.structure)

    def _bind(self, given: list[np.ndarray]) -> None:
        arrays: list[np.ndarray | None] = [None] * len(given)
        for n in self.bound_inputs:
            array = given[n]
            if not array.flags.c_contiguous:
                if n in self.donated_inputs:
                    raise ValueError("compile: donated arrays must be C-contiguous.")
                array = np.ascontiguousarray(array)
            arrays[n] = array
        self.last = [given[n] for n in self.bound_inputs]
        self.binding = self.plan.bind(arrays)


def _drop_none(graph: Graph, kept: list[int]) -> Graph:
    return (
        graph if len(kept) == len(graph.outputs) else Graph(graph.inputs, graph.nodes, [graph.outputs[n] for n in kept])
    )


def compile(
    fn: Callable[..., Any],
    donate: Sequence[int] = (),
    resident: Sequence[int] = (),
    progress: dict[str, int] | None = None,
) -> CompiledFunction:
    """A fast version of a pure function of arrays (nested structures of them).

    Args:
        fn: called once per signature with tracers; it must not depend on values.
        donate: positions of arguments whose arrays are overwritten with the first results: a step
            `state, logs = step(state, batch)` compiled with `donate=(0,)` updates the state in place.
        resident: positions of arguments whose arrays stay the same from call to call; they are read where they lie.
            The arrays of the other arguments are copied in.
        progress: kept up to date with how many steps of each program have been run, and believed at the start: programs go
            over to machine code after a number of steps (see `_succession`), in a run that is gone on with too.
    Returns: a callable that gives what `fn` gives; `.plans[i].source` is the program it runs.
    """
    return CompiledFunction(fn, donate, resident, progress)
