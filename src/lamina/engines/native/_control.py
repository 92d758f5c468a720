"""Control flow that can be traced: scan, while_loop, cond, vectorized_map; stop_gradient and custom_gradient.

On arrays they are plain Python. On tracers the bodies are traced once into graphs of their own, which a primitive runs.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from lamina import tree

from ._autodiff import backward
from ._dtypes import is_float
from ._graph import Graph, Spec, Var
from ._primitive import Primitive
from ._tracer import Tracer, current_trace, is_traced, to_array, to_dtype, trace_graph, tracing, wrap
from .primitives._elementwise import stop_gradient as _stop


def run_graph(graph: Graph, arrays: Any) -> list[np.ndarray]:
    """Evaluates a graph node by node in plain NumPy: slow, and the judge of everything faster."""
    values: dict[Var, Any] = dict(zip(graph.inputs, arrays, strict=True))

    def read(var: Var) -> Any:
        return var.value if var.is_constant else values[var]

    last_use = {v: n for n, node in enumerate(graph.nodes) for v in node.inputs}
    kept = set(graph.outputs)
    for n, node in enumerate(graph.nodes):
        result = node.primitive.run(*(read(v) for v in node.inputs), **node.params)
        results = result if isinstance(result, tuple) else (result,)
        values.update(zip(node.outputs, (np.asarray(r) for r in results)))
        for v in node.inputs:
            if last_use[v] == n and v not in kept:
                values.pop(v, None)
    return [read(v) for v in graph.outputs]


def _traced_graph(fn: Callable, specs: list[Any]) -> tuple[Graph, list[Tracer], Any]:
    """The graph of `fn`, its captured outer values, and the structure of what it returned."""
    graph, captured, (trace, result) = trace_graph(fn, specs)
    leaves = [to_array(x) for x in tree.flatten(result)]
    with tracing(trace):
        graph.outputs = [trace.var(x) for x in leaves]
    new = list(trace.captured.values())[len(captured) :]
    graph.inputs += [var for _, var in new]
    return graph, captured + [tracer for tracer, _ in new], result


def _any_traced(*structures: Any) -> bool:
    return any(is_traced(x) for x in tree.flatten(structures))


def _vjp_graph(graph: Graph, count: int) -> tuple[Graph, list[int]]:
    """A graph from (inputs..., output gradients...) to the gradients of the floating inputs, and which those are.

    `count` is the number of outputs that carry gradients (the floating ones come first or not; integers get none).
    """
    wanted = [i for i, v in enumerate(graph.inputs) if is_float(v.dtype)]

    def gradients(*args: Any) -> list[Any]:
        inputs, given = args[: len(graph.inputs)], args[len(graph.inputs) :]
        outputs = inline(graph, inputs)
        trace = current_trace()
        assert trace is not None
        pairs = [(trace.var(o), g) for o, g in zip(outputs, given) if isinstance(o, Tracer)]
        found = backward(trace, [v for v, _ in pairs], [g for _, g in pairs], [trace.var(inputs[i]) for i in wanted])
        return [
            np.zeros(graph.inputs[i].shape, graph.inputs[i].dtype) if g is None else g for i, g in zip(wanted, found)
        ]

    specs = [Spec(v.shape, v.dtype) for v in graph.inputs] + [Spec(v.shape, v.dtype) for v in graph.outputs[:count]]
    result, captured, _ = _traced_graph(gradients, specs)
    assert not captured
    return result, wanted


def inline(graph: Graph, args: Any) -> list[Any]:
    """Records the nodes of a graph again in the current trace, on other inputs."""
    values: dict[Var, Any] = dict(zip(graph.inputs, args, strict=True))
    for node in graph.nodes:
        ins = [v.value if v.is_constant else values[v] for v in node.inputs]
        result = node.primitive(*ins, **node.params)
        values.update(zip(node.outputs, result if isinstance(result, tuple) else (result,)))
    return [v.value if v.is_constant else values[v] for v in graph.outputs]


# --- scan -------------------------------------------------------------------------------------------------------------

# Inputs: carry, sliced sequences, captured values. Outputs: final carry, stacked results.
_scan = Primitive("scan")


@_scan.forward
def _scan_forward(
    *args: np.ndarray, body: Graph, carried: int, sliced: int, length: int, reverse: bool, out: Any = None
) -> Any:
    carry, sequences, fixed = list(args[:carried]), args[carried : carried + sliced], args[carried + sliced :]
    specs = body.outputs[carried:]
    stacked = [np.empty((length, *v.shape), v.dtype) for v in specs]
    for i in range(length - 1, -1, -1) if reverse else range(length):
        results = run_graph(body, [*carry, *(s[i] for s in sequences), *fixed])
        carry = results[:carried]
        for store, value in zip(stacked, results[carried:]):
            store[i] = value
    return (*(np.array(c) for c in carry), *stacked)


@_scan.shape
def _scan_shape(*args: Any, body: Graph, carried: int, sliced: int, length: int, reverse: bool) -> tuple[Spec, ...]:
    return (
        *(Spec(v.shape, v.dtype) for v in body.outputs[:carried]),
        *(Spec((length, *v.shape), v.dtype) for v in body.outputs[carried:]),
    )


def _scan_vjp(
    g: Any, y: Any, *args: Any, body: Graph, carried: int, sliced: int, length: int, reverse: bool
) -> list[Any]:
    # The carries before each step are found again by a forward scan that keeps them, then the steps run backwards.
    carry, sequences, fixed = args[:carried], args[carried : carried + sliced], args[carried + sliced :]
    keeping = Graph(body.inputs, body.nodes, body.outputs[:carried] + body.inputs[:carried])
    kept = _scan(*args, body=keeping, carried=carried, sliced=sliced, length=length, reverse=reverse)[carried:]
    step, wanted = _vjp_graph(body, len(body.outputs))
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


_scan.vjp_all = _scan_vjp


def scan(
    f: Callable, init: Any, xs: Any = None, length: int | None = None, reverse: bool = False, unroll: Any = 1
) -> Any:
    """Runs `carry, y = f(carry, x)` over the leading axis of `xs`; returns the last carry and the stacked ys.

    Raises ValueError if `xs` and `length` leave the number of steps open or disagree.
    """
    leaves = [to_array(x) for x in tree.flatten(xs)] if xs is not None else []
    sizes = {int(x.shape[0]) for x in leaves} | ({int(length)} if length is not None else set())
    if len(sizes) != 1:
        raise ValueError(f"scan: needs one number of steps from xs and length; got {sorted(sizes) or 'none'}.")
    steps = sizes.pop()
    trace = current_trace()
    if trace is None or not (_any_traced(init, xs) or trace):
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
    graph, captured, _ = _traced_graph(body, specs)
    for var, c in zip(graph.outputs, carry):
        if var.shape != c.shape:
            raise ValueError(f"scan: the carry changes shape from {c.shape} to {var.shape}.")
    outputs = _scan(
        *carry, *leaves, *captured, body=graph, carried=len(carry), sliced=len(leaves), length=steps, reverse=reverse
    )
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    stacked = iter(outputs[len(carry) :])
    ys = tree.map_structure(lambda v: None if v is None else next(stacked), structure["y"])
    return tree.pack_sequence_as(init, outputs[: len(carry)]), ys


def _scan_eagerly(f: Callable, init: Any, xs: Any, leaves: list[Any], steps: int, reverse: bool) -> Any:
    carry, rows = tree.map_structure(lambda x: wrap(to_array(x)), init), []
    for i in range(steps - 1, -1, -1) if reverse else range(steps):
        row = tree.pack_sequence_as(xs, [x[i] for x in leaves]) if leaves else None
        carry, y = f(carry, row)
        rows.append(y)
    if reverse:
        rows.reverse()
    if not rows:
        return carry, None
    ys = tree.map_structure(lambda *v: None if v[0] is None else wrap(np.stack([to_array(i) for i in v])), *rows)
    return carry, ys


# --- while_loop -------------------------------------------------------------------------------------------------------

_while = Primitive("while_loop").no_gradient()


@_while.forward
def _while_forward(
    *args: np.ndarray, condition: Graph, body: Graph, carried: int, tested: int, limit: int | None, out: Any = None
) -> Any:
    state, extra = list(args[:carried]), args[carried:]
    count = 0
    while (limit is None or count < limit) and bool(run_graph(condition, [*state, *extra[:tested]])[0]):
        state = run_graph(body, [*state, *extra[tested:]])
        count += 1
    result = tuple(np.array(s) for s in state)
    return result


_while.shape(lambda *args, body, carried, **_: tuple(Spec(v.shape, v.dtype) for v in body.outputs))


def while_loop(cond: Callable, body: Callable, loop_vars: Any, maximum_iterations: int | None = None) -> Any:
    """Repeats `loop_vars = body(*loop_vars)` while `cond(*loop_vars)`. No gradient flows through; use scan for that."""
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

    test, test_captured, _ = _traced_graph(lambda *args: cond(*tree.pack_sequence_as(loop_vars, args)), specs)
    graph, captured, _ = _traced_graph(step, specs)
    result = _while(
        *flat, *test_captured, *captured,
        condition=test, body=graph, carried=len(flat), tested=len(test_captured), limit=maximum_iterations,
    )  # fmt: skip
    result = result if isinstance(result, tuple) else (result,)
    packed = tree.pack_sequence_as(loop_vars, result)
    return packed if is_tuple else packed[0]


# --- cond -------------------------------------------------------------------------------------------------------------

# Inputs: the predicate, the values captured by the first branch, then those of the second.
_cond = Primitive("cond")


@_cond.forward
def _cond_forward(predicate: np.ndarray, *args: np.ndarray, yes: Graph, no: Graph, split: int, out: Any = None) -> Any:
    results = run_graph(yes, args[:split]) if bool(predicate) else run_graph(no, args[split:])
    return tuple(np.array(r) for r in results)


_cond.shape(lambda predicate, *args, yes, no, split: tuple(Spec(v.shape, v.dtype) for v in yes.outputs))


def _cond_vjp(g: Any, y: Any, predicate: Any, *args: Any, yes: Graph, no: Graph, split: int) -> list[Any]:
    g = list(g) if isinstance(g, tuple) else [g]
    result: list[Any] = [None] * len(args)
    for is_yes, graph, offset, part in ((True, yes, 0, args[:split]), (False, no, split, args[split:])):
        step, wanted = _vjp_graph(graph, len(graph.outputs))
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


_cond.vjp_all = _cond_vjp


def cond(pred: Any, true_fn: Callable, false_fn: Callable) -> Any:
    """`true_fn()` or `false_fn()`, as the scalar `pred` says; both must return like structures when traced."""
    pred = to_array(pred)
    trace = current_trace()
    if not is_traced(pred) or (trace is not None and trace.eager):
        return true_fn() if bool(pred) else false_fn()
    yes, yes_captured, result = _traced_graph(true_fn, [])
    no, no_captured, _ = _traced_graph(false_fn, [])
    if [(v.shape, v.dtype) for v in yes.outputs] != [(v.shape, v.dtype) for v in no.outputs]:
        raise TypeError(
            "cond: the branches must return tensors of equal shapes and dtypes; got "
            f"{[(v.shape, v.dtype.name) for v in yes.outputs]} and {[(v.shape, v.dtype.name) for v in no.outputs]}."
        )
    if not yes.outputs:
        return result
    outputs = _cond(
        to_dtype(pred, np.dtype(bool)), *yes_captured, *no_captured, yes=yes, no=no, split=len(yes_captured)
    )
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    return tree.pack_sequence_as(result, outputs)


# --- the rest ---------------------------------------------------------------------------------------------------------


def vectorized_map(function: Callable, elements: Any) -> Any:
    """`function` on each entry of the leading axis, results stacked."""
    _, ys = scan(lambda _, row: (np.zeros(()), function(row)), np.zeros(()), elements)
    return ys


def stop_gradient(x: Any) -> Any:
    """`x`, as a constant for differentiation."""
    return tree.map_structure(lambda v: _stop(to_array(v)), x)


# Inputs: the outputs of the function, then its arguments; gives the outputs, with the user's gradient.
_with_gradient = Primitive("with_gradient")


@_with_gradient.forward
def _with_gradient_forward(*args: np.ndarray, outputs: int, gradient: Callable, out: Any = None) -> Any:
    return tuple(np.array(a) for a in args[:outputs])


_with_gradient.shape(lambda *args, outputs, gradient: tuple(Spec(a.shape, a.dtype) for a in args[:outputs]))


def _with_gradient_vjp(g: Any, y: Any, *args: Any, outputs: int, gradient: Callable) -> list[Any]:
    given = gradient(*(g if isinstance(g, tuple) else (g,)))
    given = list(given) if isinstance(given, (tuple, list)) else [given]
    if len(given) != len(args) - outputs:
        raise ValueError(
            f"custom_gradient: the gradient function gave {len(given)} gradients for {len(args) - outputs} arguments."
        )
    return [None] * outputs + given


_with_gradient.vjp_all = _with_gradient_vjp


def custom_gradient(fun: Callable) -> Callable:
    """Decorates `fun(*args) -> (value, grad)` where `grad(*upstream)` gives the gradient for each argument."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        inputs = [to_array(a) for a in args]
        if not any(is_traced(a) for a in inputs):
            return fun(*args, **kwargs)[0]
        value, grad = fun(*(_stop(a) for a in inputs), **kwargs)
        leaves = [to_array(v) for v in tree.flatten(value)]

        def gradient(*upstream: Any, **_: Any) -> Any:
            try:
                return grad(*upstream)
            except TypeError as error:
                if "upstream" not in str(error):
                    raise
                return grad(upstream=upstream[0])

        results = _with_gradient(*leaves, *inputs, outputs=len(leaves), gradient=gradient)
        return tree.pack_sequence_as(value, results if isinstance(results, tuple) else (results,))

    return wrapped
