"""Where a symbolic tensor comes from."""

from collections.abc import Iterator
from typing import Any

from lamina._public import public

from ._keras_tensor import KerasTensor
from ._node import Node, node_of


def walk_back(target: KerasTensor) -> Iterator[tuple[KerasTensor, Node | None]]:
    """`target` and all that it was computed from, each once, with the call that gave it: None for inputs."""
    met: set[int] = set()
    stack = [target]
    while stack:
        tensor = stack.pop()
        if id(tensor) in met:
            continue
        met.add(id(tensor))
        node = node_of(tensor)
        if node is not None and node.is_input:
            node = None
        yield tensor, node
        stack.extend(reversed(node.input_tensors if node is not None else ()))


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
    return [x for x, node in walk_back(tensor) if node is None]
