"""Reverse-mode differentiation, graph to graph.

`backward` walks the recorded nodes from the last to the first and asks each for the gradients of its inputs. The rules are
written in primitives, so what it records is an ordinary program: differentiating it again gives higher derivatives.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lamina import tree
from lamina._where import BACKWARD, where

from ._dtypes import is_float
from ._graph import Node, Var
from ._operands import to_array, to_dtype
from ._tensor import wrap
from ._trace import Trace, current_trace, is_traced, settle, tracing
from ._tracer import Tracer
from .primitives._cast import identity
from .primitives._reduction import sum_to


def backward(
    trace: Trace, targets: Sequence[Var], gradients: Sequence[Any], sources: Sequence[Var], start: int = 0
) -> list[Any | None]:
    """Gradients of the sum of targets weighted by `gradients` with respect to `sources`; None where nothing depends. What was
    recorded before the node of number `start` is given.

    What is computed is recorded on `trace` if it is the current trace; otherwise it is plain arithmetic on its values.
    """
    nodes = trace.nodes[start:]
    needed = _dependents(nodes, sources)
    pending: dict[Var, Any] = {}
    for var, g in zip(targets, gradients):
        if var in needed:
            _accumulate(pending, var, g)
    outer = where.place
    try:
        for node in reversed(nodes):
            if not any(v in pending for v in node.outputs):
                continue
            if not node.primitive.differentiable or not any(v in needed for v in node.inputs):
                continue
            where.place = (node.place[0], BACKWARD)
            for var, g in zip(node.inputs, _input_gradients(trace, node, pending, needed)):
                if g is not None and var in needed:
                    if g.shape != var.shape:
                        g = sum_to(g, var.shape)
                    _accumulate(pending, var, to_dtype(g, var.dtype))
    finally:
        where.place = outer
    return [pending.get(var) for var in sources]


def _dependents(nodes: list[Node], sources: Sequence[Var]) -> set[Var]:
    """The floating variables that depend on the sources."""
    needed = set(sources)
    for node in nodes:
        if node.primitive.differentiable and any(v in needed for v in node.inputs):
            needed.update(v for v in node.outputs if is_float(v.dtype))
    return needed


def _accumulate(pending: dict[Var, Any], var: Var, g: Any) -> None:
    pending[var] = pending[var] + g if var in pending else g


def _input_gradients(trace: Trace, node: Node, pending: dict[Var, Any], needed: set[Var]) -> list[Any | None]:
    inputs = [_operand(trace, v) for v in node.inputs]
    outputs = [_operand(trace, v) for v in node.outputs]
    given = [pending.get(v) for v in node.outputs]
    given = [np.zeros(v.shape, v.dtype) if g is None else g for g, v in zip(given, node.outputs)]
    g, y = (given[0], outputs[0]) if len(outputs) == 1 else (tuple(given), tuple(outputs))
    return node.primitive.gradients(g, y, inputs, [v in needed for v in node.inputs], node.params)


def _operand(trace: Trace, var: Var) -> Any:
    value = var.value if var.is_constant else settle(Tracer(var, trace))
    return value if isinstance(value, Tracer) else wrap(value)


def ones_for(target: Any) -> Any:
    """The gradient of the target by itself; recorded where a program is traced, so that constants fold."""
    one: Any = np.ones((), target.dtype)
    trace = current_trace()
    if trace is not None and not trace.eager:
        one = Tracer(trace.var(one), trace)
    return np.broadcast_to(one, target.shape)


def value_and_grad(
    fn: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """A function that returns `(fn(*args), gradients)`; with `has_aux`, fn returns (loss, aux) and so does the result.

    The loss must be a scalar. Gradients have the structure of the arguments they belong to; where the loss does not
    depend on an argument they are zeros. Works on arrays (computed at once) and inside a traced function.
    """
    positions = (argnums,) if isinstance(argnums, int) else tuple(argnums)

    def wrapped(*given: Any, **kwargs: Any) -> Any:
        outer = current_trace()
        trace = Trace(eager=True) if outer is None else outer
        args = list(given)
        with tracing(trace):
            for i in positions:
                args[i] = tree.map_structure(lambda x: _as_source(trace, x), args[i])
            result = fn(*args, **kwargs)
            loss = result[0] if has_aux else result
            if not is_traced(loss):
                loss = to_array(loss)
            if loss.shape != ():
                raise ValueError(f"value_and_grad: the function must return a scalar loss; got shape {loss.shape}.")
            sources = [x for i in positions for x in tree.flatten(args[i])]
        gradients = _gradients(trace, loss, sources, outer)
        packed = iter(gradients)
        structured = [tree.map_structure(lambda _: next(packed), args[i]) for i in positions]
        if outer is None:
            result = tree.map_structure(lambda x: wrap(x.ref.value) if isinstance(x, Tracer) else x, result)
        return result, structured[0] if isinstance(argnums, int) else tuple(structured)

    return wrapped


def _as_source(trace: Trace, x: Any) -> Tracer:
    return trace.emit(identity, (to_array(x),), {})


def _gradients(trace: Trace, loss: Any, sources: list[Tracer], outer: Trace | None) -> list[Any]:
    if not isinstance(loss, Tracer):
        return [np.zeros(s.shape, s.dtype) for s in sources]
    with tracing(outer):
        found = backward(trace, [trace.var(loss)], [ones_for(loss)], [s.ref for s in sources])
        return [wrap(np.zeros(s.shape, s.dtype)) if g is None else g for g, s in zip(found, sources)]
