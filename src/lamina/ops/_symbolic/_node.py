"""An edge bundle of the symbolic graph: one call of one operation, from its input tensors to its output tensors."""

from typing import Any, NamedTuple

from lamina import tree

from ._keras_tensor import KerasTensor


class KerasHistory(NamedTuple):
    """Where a KerasTensor comes from: the `tensor_index`-th output of the `node_index`-th call of `operation`."""

    operation: Any
    node_index: int
    tensor_index: int


class Node:
    """One call of `operation`; appended to the operation's inbound nodes.

    Attributes: `args`, `kwargs` (as called), `input_tensors`, `outputs` (nested), `output_tensors`.
    """

    def __init__(self, operation: Any, call_args: Any = (), call_kwargs: Any = None, outputs: Any = None):
        self.operation = operation
        self.args = tuple(call_args)
        self.kwargs = dict(call_kwargs or {})
        self.input_tensors = [x for x in tree.flatten((self.args, self.kwargs)) if isinstance(x, KerasTensor)]
        self.outputs = outputs
        self.output_tensors = tree.flatten(outputs)
        index = len(operation._inbound_nodes)
        operation._inbound_nodes.append(self)
        for i, tensor in enumerate(self.output_tensors):
            tensor._keras_history = KerasHistory(operation, index, i)
        for tensor in self.input_tensors:
            if tensor._keras_history is not None:
                tensor._keras_history.operation._outbound_nodes.append(self)

    is_input = property(lambda self: not self.input_tensors)

    parent_nodes = property(lambda self: [n for n in map(node_of, self.input_tensors) if n is not None])

    def fill_in(self, values: dict[int, Any]) -> tuple[tuple[Any, ...], dict[Any, Any]]:
        """The call's arguments with each KerasTensor replaced by the value found under its `id`."""
        return tree.map_structure(
            lambda x: values[id(x)] if isinstance(x, KerasTensor) else x, (self.args, self.kwargs)
        )

    def __repr__(self) -> str:
        return f"<Node {self.operation.name}: {self.input_tensors} -> {self.output_tensors}>"


def node_of(tensor: KerasTensor) -> Node | None:
    """The call that gave the tensor; None if nothing did."""
    history = tensor._keras_history
    return None if history is None else history.operation._inbound_nodes[history.node_index]
