"""Programs run node by node in plain NumPy: slow, and the judge of everything faster."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ._graph import Graph, Var


def run_graph(graph: Graph, arrays: Sequence[Any]) -> list[np.ndarray]:
    """The outputs of a graph for these inputs."""
    values: dict[Var, Any] = dict(zip(graph.inputs, arrays, strict=True))

    def read(var: Var) -> Any:
        return var.value if var.is_constant else values[var]

    last_use = {v: n for n, node in enumerate(graph.nodes) for v in node.inputs}
    kept = set(graph.outputs)
    for n, node in enumerate(graph.nodes):
        result = node.primitive.forward(*(read(v) for v in node.inputs), **node.params)
        results = result if isinstance(result, tuple) else (result,)
        values.update(zip(node.outputs, (np.asarray(r) for r in results)))
        for v in node.inputs:
            if last_use[v] == n and v not in kept:
                values.pop(v, None)
    return [read(v) for v in graph.outputs]
