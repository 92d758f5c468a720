"""`recall`: what a traced function computes on its way, for other values than those it is compiled for."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ._graph import Node, Var


def recall(wanted: Sequence[Any], given: Sequence[Any]) -> Callable[[Sequence[np.ndarray]], list[np.ndarray]]:
    """A function from the values of the tensors `given` to those of the tensors `wanted`, all of one trace that has ended.

    Node by node, without passes and plan: for a few calls, where compiling would cost more.
    Raises KeyError where something wanted depends on inputs that are not given.
    """
    starts = [x.ref for x in given]
    ends = [x.ref for x in wanted]
    trace = next((x.trace for x in wanted), None)
    nodes = _between(set(starts), ends, trace.nodes if trace is not None else [])

    def values_of(arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        values: dict[Var, Any] = dict(zip(starts, arrays, strict=True))
        for node in nodes:
            inputs = [values[v] if v.value is None else v.value for v in node.inputs]
            result = node.primitive.forward(*inputs, **node.params)
            values.update(zip(node.outputs, result if isinstance(result, tuple) else (result,)))
        return [np.asarray(values[v] if v.value is None else v.value) for v in ends]

    return values_of


def _between(starts: set[Var], ends: Sequence[Var], nodes: Sequence[Node]) -> list[Node]:
    """The nodes, in order, that the ends depend on, up to the starts."""
    needed, found = set(ends) - starts, []
    for node in reversed(nodes):
        if any(v in needed for v in node.outputs):
            found.append(node)
            needed.update(v for v in node.inputs if v not in starts)
    return found[::-1]
