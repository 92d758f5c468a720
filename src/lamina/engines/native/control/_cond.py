"""cond: one of two functions, by a value."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lamina import tree

from .._cut import WHOLE
from .._graph import Graph, Spec
from .._operands import to_array, to_dtype
from .._primitive import Primitive
from .._reference import run_graph
from .._trace import current_trace, is_traced
from .._tracing import inline, traced_graph
from ._backward import vjp_graph


def _forward(predicate: np.ndarray, *args: np.ndarray, yes: Graph, no: Graph, split: int, out: Any = None) -> Any:
    results = run_graph(yes, args[:split]) if bool(predicate) else run_graph(no, args[split:])
    return tuple(np.array(r) for r in results)


def _vjp(g: Any, y: Any, predicate: Any, *args: Any, needed: Any, yes: Graph, no: Graph, split: int) -> list[Any]:
    g = list(g) if isinstance(g, tuple) else [g]
    result: list[Any] = [None] * len(args)
    for is_yes, graph, offset, part in ((True, yes, 0, args[:split]), (False, no, split, args[split:])):
        step, wanted = vjp_graph(graph)
        if not wanted:
            continue

        def taken(step: Graph = step, part: Any = part) -> Any:
            return inline(step, [*part, *g])

        def skipped(wanted: list[int] = wanted, part: Any = part) -> Any:
            return [np.zeros(part[i].shape, part[i].dtype) for i in wanted]

        branches = (taken, skipped) if is_yes else (skipped, taken)
        for i, value in zip(wanted, cond(predicate, *branches)):
            result[offset + i] = value
    return [None, *result]


# Inputs: the predicate, the values captured by the first branch, then those of the second.
cond_primitive = Primitive(
    "cond",
    forward=_forward,
    shape=lambda predicate, *args, yes, no, split: tuple(Spec(v.shape, v.dtype) for v in yes.outputs),
    vjp=_vjp,
    cut=WHOLE,
)


def cond(pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any]) -> Any:
    """`true_fn()` or `false_fn()`, as the scalar `pred` says; both must return like structures when traced."""
    pred = to_array(pred)
    trace = current_trace()
    if not is_traced(pred) or (trace is not None and trace.eager):
        return true_fn() if bool(pred) else false_fn()
    yes, yes_captured, result = traced_graph(true_fn, [])
    no, no_captured, _ = traced_graph(false_fn, [])
    if [(v.shape, v.dtype) for v in yes.outputs] != [(v.shape, v.dtype) for v in no.outputs]:
        raise TypeError(
            "cond: the branches must return tensors of equal shapes and dtypes; got "
            f"{[(v.shape, v.dtype.name) for v in yes.outputs]} and {[(v.shape, v.dtype.name) for v in no.outputs]}."
        )
    if not yes.outputs:
        return result
    outputs = cond_primitive(
        to_dtype(pred, np.dtype(bool)), *yes_captured, *no_captured, yes=yes, no=no, split=len(yes_captured)
    )
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    return tree.pack_sequence_as(result, outputs)
