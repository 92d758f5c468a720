"""Runs a program node by node with a stopwatch: what each call costs, how much it computes and moves."""

import inspect
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from lamina import tree

from ._graph import Graph, Node, Spec, Var
from ._operands import to_array
from ._peaks import threads_set_to
from ._tracing import traced_graph
from .machine._program import writable
from .machine._switch import uses_machine_code
from .passes import simplify

REPEATS = 5
LONG_S = 0.02  # calls that take longer are repeated only once


def measure(fn: Callable[..., Any], *args: Any) -> list[dict[str, Any]]:
    """A row for each call of a pure function of arrays, in order, as it is after simplification and before tiling.

    All on one thread, so that a call's cost does not depend on how well it would share the cores.

    Args:
        fn: pure, as for `compile`.
        args: nested structures of arrays, which are read only.

    Returns: dicts with `layer`, `direction` ("forward" or "backward"), `primitive`, `shape` (of the first output), `seconds`
    (median), `bytes` (read and written), `flops`, `machine` (whether it becomes machine code; None where that is switched off).
    """
    program, arrays = _program(fn, args)
    written = writable(program) if uses_machine_code() else None
    values: dict[Var, np.ndarray] = dict(zip(program.inputs, arrays, strict=True))
    last_use = {v: n for n, node in enumerate(program.nodes) for v in node.inputs}
    rows = []
    with threads_set_to(1), np.errstate(all="ignore"):
        for n, node in enumerate(program.nodes):
            inputs = [v.value if v.is_constant else values[v] for v in node.inputs]
            results, seconds = _timed(node, inputs)
            values.update(zip(node.outputs, results))
            for v in node.inputs:
                if last_use[v] == n:
                    values.pop(v, None)
            if node.primitive.view is None or not np.may_share_memory(results[0], inputs[0]):
                layer, direction = node.place
                rows.append({
                    "layer": layer, "direction": direction, "primitive": node.primitive.name,
                    "shape": node.outputs[0].shape, "seconds": seconds,
                    "bytes": sum(v.nbytes for v in (*node.inputs, *node.outputs)), "flops": node.primitive.flops(node),
                    "machine": None if written is None else node in written,
                })  # fmt: skip
    return rows


def _program(fn: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Graph, list[np.ndarray]]:
    """The simplified graph of `fn`, and the arrays for its inputs. None, booleans and strings are part of the program."""
    leaves = tree.flatten(args)
    arrays = {i: np.asarray(x) for i, x in enumerate(leaves) if x is not None and not isinstance(x, (bool, str))}

    def body(*tracers: Any) -> Any:
        filled = [dict(zip(arrays, tracers)).get(i, x) for i, x in enumerate(leaves)]
        results = tree.flatten(fn(*tree.pack_sequence_as(args, filled)))
        return [to_array(r) for r in results if r is not None]

    graph, _, _ = traced_graph(body, [Spec(a.shape, a.dtype) for a in arrays.values()])
    return simplify(graph), list(arrays.values())


def _timed(node: Node, inputs: list[np.ndarray]) -> tuple[list[np.ndarray], float]:
    """The results of a call, and the median of its seconds when it writes into arrays that are there already."""
    run, params = node.primitive.forward, node.params
    start = time.perf_counter()
    result = run(*inputs, **params)
    first = time.perf_counter() - start
    results = [np.asarray(r) for r in (result if isinstance(result, tuple) else (result,))]
    into = {}
    if len(results) == 1 and results[0].ndim and _takes_out(run) and not any(
        np.may_share_memory(results[0], x) for x in inputs
    ):  # fmt: skip
        into = {"out": results[0]}
    times = []
    for _ in range(REPEATS if first < LONG_S else 1):
        start = time.perf_counter()
        run(*inputs, **params, **into)
        times.append(time.perf_counter() - start)
    return results, statistics.median(times)


def _takes_out(run: Callable[..., Any]) -> bool:
    return isinstance(run, np.ufunc) or "out" in inspect.signature(run).parameters
