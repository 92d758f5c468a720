"""The first part of a model, which reads strings: it runs on the host, on whole arrays, before the compiled step."""

from typing import Any

from lamina.ops._symbolic import Node, run_nodes
from lamina.training._host_outputs import HOST_OUTPUTS


class HostPart:
    """The calls up to the last layer that reads strings.

    Attributes: `nodes`, in order; `frontier`, the tensors that the rest of the model needs from them or from the inputs.
    """

    def __init__(self, model: Any):
        self.model = model
        nodes = [*model._nodes, *model._further_nodes]
        made_by = {id(x): node for node in nodes for x in node.output_tensors}
        hosted: dict[int, Node] = {}
        stack = [node for node in nodes if _is_host(node.operation)]
        while stack:
            node = stack.pop()
            if id(node) in hosted:
                continue
            hosted[id(node)] = node
            stack.extend(made_by[id(x)] for x in node.input_tensors if id(x) in made_by)
        self.nodes = [node for node in nodes if id(node) in hosted]
        for node in self.nodes:
            if getattr(node.operation, "trainable_weights", None):
                raise ValueError(
                    f'Model "{model.name}": "{node.operation.name}" has weights to train, but a layer that reads strings '
                    "comes after it or lies inside it. Put such layers first, in the model itself."
                )
        self.rest = [node for node in nodes if id(node) not in hosted]
        ends = [*model._outputs, *model._added_losses, *model._watched]
        needed = {id(x) for node in self.rest for x in node.input_tensors} | {id(x) for x in ends}
        here = [*model._inputs, *(x for node in self.nodes for x in node.output_tensors)]
        self.frontier = [x for x in here if id(x) in needed]

    def run(self, inputs: Any) -> dict[str, list[Any]]:
        """What the rest of the model takes in place of `inputs`."""
        values = {id(x): v for x, v in zip(self.model._inputs, self.model._standardize(inputs))}
        run_nodes(self.nodes, values)
        return {HOST_OUTPUTS: [values[id(x)] for x in self.frontier]}

    def finish(self, frontier: list[Any]) -> dict[int, Any]:
        """The values of the model's tensors by their ids, from what `run` gave."""
        values = {id(x): v for x, v in zip(self.frontier, frontier)}
        run_nodes(self.rest, values)
        return values


def _is_host(operation: Any) -> bool:
    if getattr(operation, "is_host_layer", False):
        return True
    return any(layer.is_host_layer for layer in getattr(operation, "_flatten_layers", list)())


def host_part(model: Any) -> HostPart | None:
    """The host part of a functional model, None if it has no layer that reads strings."""
    return HostPart(model) if any(_is_host(node.operation) for node in model._nodes) else None
