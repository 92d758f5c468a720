"""The gradient of a body as a graph of its own."""

from typing import Any

import numpy as np

from .._autodiff import backward
from .._dtypes import is_float
from .._graph import Graph, Spec
from .._trace import current_trace
from .._tracer import Tracer
from .._tracing import inline, traced_graph


def vjp_graph(graph: Graph) -> tuple[Graph, list[int]]:
    """A graph from (inputs..., output gradients...) to the gradients of the floating inputs, and which those are."""
    wanted = [i for i, v in enumerate(graph.inputs) if is_float(v.dtype)]
    count = len(graph.inputs)

    def gradients(*args: Any) -> list[Any]:
        inputs = args[:count]
        outputs = inline(graph, inputs)
        trace = current_trace()
        assert trace is not None
        pairs = [(trace.var(o), g) for o, g in zip(outputs, args[count:]) if isinstance(o, Tracer)]
        found = backward(trace, [v for v, _ in pairs], [g for _, g in pairs], [trace.var(inputs[i]) for i in wanted])
        return [
            np.zeros(graph.inputs[i].shape, graph.inputs[i].dtype) if g is None else g for i, g in zip(wanted, found)
        ]

    specs = [Spec(v.shape, v.dtype) for v in (*graph.inputs, *graph.outputs)]
    result, captured, _ = traced_graph(gradients, specs)
    assert not captured
    return result, wanted
