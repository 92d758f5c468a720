"""scan: a function over the leading axis of sequences, with a state carried on."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lamina import tree

from .._cut import WHOLE
from .._graph import Graph, Spec, Var
from .._loops import places_of
from .._operands import to_array, to_dtype
from .._primitive import Cost, Primitive
from .._reference import run_graph
from .._tensor import wrap
from .._trace import current_trace
from .._tracer import Tracer
from .._tracing import inline, traced_graph
from ..passes._estimates import multiplications
from ._backward import vjp_graph


def _forward(
    *args: np.ndarray, body: Graph, carried: int, sliced: int, length: int, reverse: bool, out: Any = None
) -> Any:
    carry, sequences, fixed = list(args[:carried]), args[carried : carried + sliced], args[carried + sliced :]
    specs = body.outputs[carried:]
    stacked = [np.empty((length, *v.shape), v.dtype) for v in specs]
    for i in places_of(length, reverse):
        results = run_graph(body, [*carry, *(s[i] for s in sequences), *fixed])
        carry = results[:carried]
        for store, value in zip(stacked, results[carried:]):
            store[i] = value
    return (*(np.array(c) for c in carry), *stacked)


def _shape(*args: Any, body: Graph, carried: int, sliced: int, length: int, reverse: bool) -> tuple[Spec, ...]:
    return (
        *(Spec(v.shape, v.dtype) for v in body.outputs[:carried]),
        *(Spec((length, *v.shape), v.dtype) for v in body.outputs[carried:]),
    )


def _vjp(
    g: Any, y: Any, *args: Any, needed: Any, body: Graph, carried: int, sliced: int, length: int, reverse: bool
) -> list[Any]:
    # With the carries before each step kept, the steps run backwards.
    carry, sequences, fixed = args[:carried], args[carried : carried + sliced], args[carried + sliced :]
    kept = _carries_kept_by(y, body, carried, length)
    if kept is None:
        keeping = Graph(body.inputs, body.nodes, body.outputs[:carried] + body.inputs[:carried])
        how = {"carried": carried, "sliced": sliced, "length": length, "reverse": reverse}
        kept = scan_primitive(*args, body=keeping, **how)[carried:]
    step, wanted = vjp_graph(body)
    g = list(g) if isinstance(g, tuple) else [g]
    moving = [i for i in wanted if i < carried]
    along = [i - carried for i in wanted if carried <= i < carried + sliced]
    shared = [i - carried - sliced for i in wanted if i >= carried + sliced]
    zeros = [np.zeros(fixed[i].shape, fixed[i].dtype) for i in shared]

    def back(state: Any, row: Any) -> Any:
        carry_g, sums = state
        kept_row, sequence_row, g_row = row
        full = [
            carry_g[moving.index(i)] if i in moving else np.zeros(carry[i].shape, carry[i].dtype)
            for i in range(carried)
        ]
        found = inline(step, [*kept_row, *sequence_row, *fixed, *full, *g_row])
        of = dict(zip(wanted, found))
        new_sums = [s + of[carried + sliced + i] for s, i in zip(sums, shared)]
        return ([of[i] for i in moving], new_sums), [of[carried + i] for i in along]

    start = ([g[i] for i in moving], zeros)
    (carry_g, sums), rows = scan(back, start, (list(kept), list(sequences), g[carried:]), length, reverse=not reverse)
    result: list[Any] = [None] * len(args)
    for i, value in zip(moving, carry_g):
        result[i] = value
    for i, value in zip(along, rows):
        result[carried + i] = value
    for i, value in zip(shared, sums):
        result[carried + sliced + i] = value
    return result


def _carries_kept_by(y: Any, body: Graph, carried: int, length: int) -> list[Any] | None:
    """The carries before each step, of the very call that gave `y`, which keeps them from now on; None where it is no part of
    the program that is being traced."""
    first, trace = (y[0] if isinstance(y, tuple) else y), current_trace()
    if not isinstance(first, Tracer) or first.trace is not trace or trace.eager:
        return None
    node = first.ref.node
    if node is None or node.primitive is not scan_primitive or node.params["body"] is not body:
        return None
    node.params = {**node.params, "body": Graph(body.inputs, body.nodes, body.outputs + body.inputs[:carried])}
    more = [Var((length, *v.shape), v.dtype, node) for v in body.inputs[:carried]]
    node.outputs += more
    return [Tracer(v, trace) for v in more]


# Inputs: carry, sliced sequences, captured values. Outputs: final carry, stacked results.
scan_primitive = Primitive(
    "scan",
    forward=_forward,
    shape=_shape,
    vjp=_vjp,
    cut=WHOLE,
    cost=Cost(
        multiplications=lambda *_, body, length, **__: length * multiplications(body.nodes),
        flops=lambda *_, body, length, **__: length * sum(n.primitive.flops(n) for n in body.nodes),
    ),
    repeats=True,
)


def scan(
    f: Callable[..., Any], init: Any, xs: Any = None, length: int | None = None, reverse: bool = False, unroll: Any = 1
) -> Any:
    """Runs `carry, y = f(carry, x)` over the leading axis of `xs`; returns the last carry and the stacked ys.

    Raises ValueError if `xs` and `length` leave the number of steps open or disagree.
    """
    leaves = [to_array(x) for x in tree.flatten(xs)] if xs is not None else []
    sizes = {int(x.shape[0]) for x in leaves} | ({int(length)} if length is not None else set())
    if len(sizes) != 1:
        raise ValueError(f"scan: needs one number of steps from xs and length; got {sorted(sizes) or 'none'}.")
    steps = sizes.pop()
    if current_trace() is None:
        return _scan_eagerly(f, init, xs, leaves, steps, reverse)
    carry = [to_array(x) for x in tree.flatten(init)]
    structure: dict[str, Any] = {}

    def body(*args: Any) -> Any:
        state = tree.pack_sequence_as(init, args[: len(carry)])
        row = tree.pack_sequence_as(xs, args[len(carry) :]) if leaves else None
        new, y = f(state, row)
        structure["y"] = y
        new = [to_dtype(to_array(n), c.dtype) for n, c in zip(tree.flatten(new), carry, strict=True)]
        ys = [to_array(v) for v in tree.flatten(y) if v is not None]
        return [*new, *ys]

    specs = [Spec(c.shape, c.dtype) for c in carry] + [Spec(x.shape[1:], x.dtype) for x in leaves]
    graph, captured, _ = traced_graph(body, specs)
    for var, c in zip(graph.outputs, carry):
        if var.shape != c.shape:
            raise ValueError(f"scan: the carry changes shape from {c.shape} to {var.shape}.")
    outputs = scan_primitive(
        *carry, *leaves, *captured, body=graph, carried=len(carry), sliced=len(leaves), length=steps, reverse=reverse
    )
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    stacked = iter(outputs[len(carry) :])
    ys = tree.map_structure(lambda v: None if v is None else next(stacked), structure["y"])
    return tree.pack_sequence_as(init, outputs[: len(carry)]), ys


def _scan_eagerly(f: Callable[..., Any], init: Any, xs: Any, leaves: list[Any], steps: int, reverse: bool) -> Any:
    carry, rows = tree.map_structure(lambda x: wrap(to_array(x)), init), []
    for i in places_of(steps, reverse):
        row = tree.pack_sequence_as(xs, [x[i] for x in leaves]) if leaves else None
        carry, y = f(carry, row)
        rows.append(y)
    if reverse:
        rows.reverse()
    if not rows:
        return carry, None
    ys = tree.map_structure(lambda *v: None if v[0] is None else wrap(np.stack([to_array(i) for i in v])), *rows)
    return carry, ys


def vectorized_map(function: Callable[..., Any], elements: Any) -> Any:
    """`function` on each entry of the leading axis, results stacked."""
    _, ys = scan(lambda _, row: (np.zeros(()), function(row)), np.zeros(()), elements)
    return ys
