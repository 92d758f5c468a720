"""A model as a function of traced tensors."""

from collections.abc import Callable
from typing import Any

from lamina import tree
from lamina._where import inside
from lamina.layers._base._call import training_mode
from lamina.ops._symbolic import run_nodes

from ._strings import HostCalls


def model_function(model: Any) -> Callable[[Any], Any]:
    """`model(inputs, training=False)`; layers that work on the host are calls of primitives of their own."""
    graph = getattr(model, "_functional", None) or model
    nodes = getattr(graph, "_nodes", None)
    if not nodes or not any(getattr(node.operation, "is_host_layer", False) for node in nodes):
        return lambda inputs: model(inputs, training=False)
    host = HostCalls()

    def call(operation: Any, args: Any, kwargs: Any) -> Any:
        if getattr(operation, "is_host_layer", False):
            with inside(operation.path or operation.name):
                return host(operation, *args, **kwargs)
        return operation(*args, **kwargs)

    def function(inputs: Any) -> Any:
        values = {id(x): value for x, value in zip(graph._inputs, tree.flatten(inputs))}
        with training_mode(False):
            run_nodes(nodes, values, call)
        outputs = tree.pack_sequence_as(graph._outputs_struct, [values[id(x)] for x in graph._outputs])
        return outputs[0] if isinstance(outputs, (list, tuple)) and len(outputs) == 1 else outputs

    return function
