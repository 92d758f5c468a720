"""while_loop: a state carried on while a condition holds."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lamina import tree

from .._cut import WHOLE
from .._graph import Graph, Spec
from .._operands import to_array, to_dtype
from .._primitive import Primitive
from .._reference import run_graph
from .._trace import current_trace
from .._tracing import traced_graph


def _forward(
    *args: np.ndarray, condition: Graph, body: Graph, carried: int, tested: int, limit: int | None, out: Any = None
) -> Any:
    state, extra = list(args[:carried]), args[carried:]
    count = 0
    while (limit is None or count < limit) and bool(run_graph(condition, [*state, *extra[:tested]])[0]):
        state = run_graph(body, [*state, *extra[tested:]])
        count += 1
    return tuple(np.array(s) for s in state)


def _no_gradient(g: Any, y: Any, *inputs: Any, **params: Any) -> Any:
    raise ValueError(
        "while_loop has no reverse gradient in a compiled function: how often it turns is not known. Use ops.scan or "
        "ops.fori_loop, with a number of turns, or ops.stop_gradient on its results where none is meant to flow."
    )


# Inputs: the state, values captured by the condition, values captured by the body.
while_primitive = Primitive(
    "while_loop",
    forward=_forward,
    shape=lambda *args, body, **_: tuple(Spec(v.shape, v.dtype) for v in body.outputs),
    vjp=_no_gradient,
    cut=WHOLE,
)


def while_loop(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, maximum_iterations: int | None = None
) -> Any:
    """Repeats `loop_vars = body(*loop_vars)` while `cond(*loop_vars)`. Raises ValueError where a compiled function asks for a
    gradient through it; scan has one."""
    is_tuple = isinstance(loop_vars, (tuple, list))
    loop_vars = tuple(loop_vars) if is_tuple else (loop_vars,)
    trace = current_trace()
    if trace is None or trace.eager:
        count = 0
        while (maximum_iterations is None or count < maximum_iterations) and bool(cond(*loop_vars)):
            result = body(*loop_vars)
            loop_vars = tuple(result) if isinstance(result, (tuple, list)) else (result,)
            count += 1
        return loop_vars if is_tuple else loop_vars[0]
    flat = [to_array(x) for x in tree.flatten(loop_vars)]
    specs = [Spec(x.shape, x.dtype) for x in flat]

    def step(*args: Any) -> Any:
        result = body(*tree.pack_sequence_as(loop_vars, args))
        result = result if isinstance(result, (tuple, list)) else (result,)
        return [to_dtype(to_array(r), x.dtype) for r, x in zip(tree.flatten(result), flat, strict=True)]

    test, test_captured, _ = traced_graph(lambda *args: cond(*tree.pack_sequence_as(loop_vars, args)), specs)
    graph, captured, _ = traced_graph(step, specs)
    result = while_primitive(
        *flat, *test_captured, *captured,
        condition=test, body=graph, carried=len(flat), tested=len(test_captured), limit=maximum_iterations,
    )  # fmt: skip
    result = result if isinstance(result, tuple) else (result,)
    packed = tree.pack_sequence_as(loop_vars, result)
    return packed if is_tuple else packed[0]
