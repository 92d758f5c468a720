"""From a function to a graph, and a graph recorded again inside another."""

from collections.abc import Callable, Sequence
from typing import Any

from lamina import tree

from ._graph import Graph, Spec, Var
from ._operands import to_array
from ._trace import Trace, tracing
from ._tracer import Tracer


def traced_graph(fn: Callable[..., Any], specs: Sequence[Spec]) -> tuple[Graph, list[Tracer], Any]:
    """The graph of `fn`, its captured outer values, and what it returned.

    The inputs of the graph: one for each spec, then one for each captured value.
    """
    trace = Trace()
    with tracing(trace):
        tracers = [trace.new_input(s) for s in specs]
        result = fn(*tracers)
    outputs = [trace.var(to_array(x)) for x in tree.flatten(result)]
    captured = list(trace.captured.values())
    inputs = [t.ref for t in tracers] + [var for _, var in captured]
    return Graph(inputs, trace.nodes, outputs), [tracer for tracer, _ in captured], result


def inline(graph: Graph, args: Sequence[Any]) -> list[Any]:
    """Records the nodes of a graph again in the current trace, on other inputs."""
    values: dict[Var, Any] = dict(zip(graph.inputs, args, strict=True))
    for node in graph.nodes:
        ins = [v.value if v.is_constant else values[v] for v in node.inputs]
        result = node.primitive(*ins, **node.params)
        values.update(zip(node.outputs, result if isinstance(result, tuple) else (result,)))
    return [v.value if v.is_constant else values[v] for v in graph.outputs]
