"""A graph of operations between input and output KerasTensors, runnable on values."""

from typing import Any

from lamina import tree
from lamina._public import public

from ._infer import infer_spec
from ._keras_tensor import KerasTensor
from ._node import Node, node_of
from ._operation import Operation


@public("Function")
class Function(Operation):
    """The operations that lead from `inputs` to `outputs`, in an order in which they can run.

    Args:
        inputs, outputs: nested structures of KerasTensors.
        name: optional name.
    Raises ValueError if an output does not depend on the inputs given alone, naming the missing tensor.
    Example:
        >>> x = Input((2,))
        >>> f = lamina.Function(x, ops.sum(x * 2.0, axis=-1))
        >>> f(np.ones((1, 2)))
        Tensor([4.])
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None):
        super().__init__(name=name)
        self._set_graph(inputs, outputs)

    def _set_graph(self, inputs: Any, outputs: Any) -> None:
        for tensor in tree.flatten((inputs, outputs)):
            if tensor is not None and not isinstance(tensor, KerasTensor):
                raise ValueError(f"{type(self).__name__}: inputs and outputs must be KerasTensors; got {tensor!r}.")
        self._inputs_struct = tree.map_structure(lambda x: x, inputs)
        self._outputs_struct = tree.map_structure(lambda x: x, outputs)
        self._inputs = tree.flatten(inputs)
        self._outputs = tree.flatten(outputs)
        self._nodes = sort_nodes(self._inputs, self._outputs)
        seen: dict[int, Operation] = {}
        for tensor in self._inputs:
            if tensor._keras_history is not None:
                seen.setdefault(id(tensor._keras_history.operation), tensor._keras_history.operation)
        for node in self._nodes:
            seen.setdefault(id(node.operation), node.operation)
        self._operations = list(seen.values())

    @property
    def operations(self) -> Any:
        return list(self._operations)

    @property
    def inputs(self) -> Any:
        return self._inputs

    @property
    def outputs(self) -> Any:
        return self._outputs

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        return infer_spec(self.call, *args, **kwargs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shapes of the outputs for inputs of these shapes, nested as the inputs."""
        specs = tree.map_structure_up_to(
            self._inputs_struct, lambda x, shape: KerasTensor(shape, x.dtype), self._inputs_struct, input_shape
        )
        outputs = self.compute_output_spec(specs)
        return tree.map_structure(lambda x: x.shape, outputs)

    def call(self, inputs: Any) -> Any:
        return self.run(inputs)

    def run(self, inputs: Any, call_operation: Any = None) -> Any:
        """Runs the graph on `inputs` (structured like the Function's). `call_operation(op, args, kwargs)` calls."""
        flat = tree.flatten(inputs)
        if len(flat) != len(self._inputs):
            raise ValueError(f"{self.name}: expected {len(self._inputs)} inputs; got {len(flat)}.")
        values = {id(tensor): value for tensor, value in zip(self._inputs, flat)}
        run_nodes(self._nodes, values, call_operation)
        return self._outputs_in(values)

    def _outputs_in(self, values: dict[int, Any]) -> Any:
        return tree.map_structure(lambda x: values[id(x)] if x is not None else None, self._outputs_struct)


def run_nodes(nodes: list[Node], values: dict[int, Any], call_operation: Any = None) -> None:
    """Makes the calls, taking arguments from `values` and putting results there. `call_operation(op, args, kwargs)` calls."""
    for node in nodes:
        args, kwargs = node.fill_in(values)
        operation = node.operation
        result = operation(*args, **kwargs) if call_operation is None else call_operation(operation, args, kwargs)
        for tensor, value in zip(node.output_tensors, tree.flatten(result), strict=True):
            values[id(tensor)] = value


def sort_nodes(inputs: list[KerasTensor], outputs: list[KerasTensor]) -> list[Node]:
    """The nodes between `inputs` and `outputs`, every node after those it needs. Iterative, so depth is no limit."""
    known = {id(x) for x in inputs}
    order: list[Node] = []
    done: set[int] = set()
    stack: list[tuple[Any, bool]] = [(t, False) for t in reversed([o for o in outputs if o is not None])]
    while stack:
        tensor, ready = stack.pop()
        if id(tensor) in known:
            continue
        node = node_of(tensor)
        if node is None or node.is_input:
            raise ValueError(
                f"The outputs depend on {tensor!r}, which is not among the inputs given: "
                f"{[x.name for x in inputs]}. Add it to inputs=, or start the graph from it."
            )
        if id(node) in done:
            continue
        if ready:
            done.add(id(node))
            order.append(node)
            known.update(id(x) for x in node.output_tensors)
            continue
        stack.append((tensor, True))
        stack.extend((x, False) for x in reversed(node.input_tensors))
    return order
