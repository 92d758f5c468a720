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
    if not _has_host_layers(model):
        return lambda inputs: model(inputs, training=False)
    host = HostCalls()

    def call(operation: Any, args: Any, kwargs: Any) -> Any:
        if getattr(operation, "is_host_layer", False):
            with inside(operation.path or operation.name):
                return host(operation, *args, **kwargs)
        if _graph_of(operation) is not None and _has_host_layers(operation):
            return run(operation, *args)
        return operation(*args, **kwargs)

    def run(part: Any, inputs: Any) -> Any:
        graph = _graph_of(part)
        values = {id(x): value for x, value in zip(graph._inputs, tree.flatten(inputs))}
        with training_mode(False):
            run_nodes(graph._nodes, values, call)
        outputs = tree.pack_sequence_as(graph._outputs_struct, [values[id(x)] for x in graph._outputs])
        return outputs[0] if isinstance(outputs, (list, tuple)) and len(outputs) == 1 else outputs

    return lambda inputs: run(model, inputs)


def _graph_of(model: Any) -> Any:
    """The functional model that a model is, or has inside; None for others."""
    graph = getattr(model, "_functional", None) or model
    return graph if hasattr(graph, "_nodes") else None


def _has_host_layers(model: Any) -> bool:
    layers = getattr(model, "_flatten_layers", list)()
    return _graph_of(model) is not None and any(getattr(layer, "is_host_layer", False) for layer in layers)
