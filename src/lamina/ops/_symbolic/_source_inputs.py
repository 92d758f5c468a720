"""Where a symbolic tensor comes from."""

from typing import Any

from lamina._public import public

from ._keras_tensor import KerasTensor


@public("utils.get_source_inputs")
def get_source_inputs(tensor: Any) -> list[KerasTensor]:
    """The inputs that a KerasTensor was computed from, in the order in which a walk back meets them.

    Args:
        tensor: KerasTensor.
    Returns: list of KerasTensors that nothing symbolic leads to; `[tensor]` if nothing made it.
    Raises TypeError for anything else.
    Example:
        >>> x = Input((2,), name="x")
        >>> [t.name for t in lamina.utils.get_source_inputs(layers.Dense(3)(x))]
        ['x']
    """
    if not isinstance(tensor, KerasTensor):
        raise TypeError(f"get_source_inputs: tensor must be a KerasTensor; got {tensor!r}.")
    found: dict[int, KerasTensor] = {}
    seen: set[int] = set()
    stack = [tensor]
    while stack:
        tensor = stack.pop()
        if id(tensor) in seen:
            continue
        seen.add(id(tensor))
        history = tensor._keras_history
        node = None if history is None else history.operation._inbound_nodes[history.node_index]
        if node is None or node.is_input:
            found[id(tensor)] = tensor
        else:
            stack.extend(reversed(node.input_tensors))
    return list(found.values())
