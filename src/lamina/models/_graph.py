"""The order of a model's layers: by distance from the outputs, as Keras numbers and saves them."""

from collections import defaultdict
from typing import Any

from lamina.ops._symbolic import KerasTensor, Node, node_of


def order_operations(inputs: list[KerasTensor], outputs: list[KerasTensor]) -> tuple[list[Any], set[int]]:
    """The operations between inputs and outputs, farthest from the outputs first, and the ids of the nodes in use.

    Among operations at one distance the order is that of a walk back from the outputs.
    """
    nodes, met = _walk_back(inputs, outputs)
    node_depth: dict[int, int] = {}
    depth_of: dict[int, int] = {}
    operation_of: dict[int, Any] = {}
    for node in reversed(nodes):
        key = id(node.operation)
        operation_of[key] = node.operation
        depth = max(node_depth.get(id(node), 0), depth_of.get(key, 0))
        node_depth[id(node)] = depth_of[key] = depth
        if not _is_source(node, inputs):
            for parent in node.parent_nodes:
                node_depth[id(parent)] = max(depth + 1, node_depth.get(id(parent), 0))
    used = {id(node) for node in nodes}
    for tensor in inputs:  # inputs that no output depends on
        node = node_of(tensor)
        if node is not None and id(node.operation) not in depth_of:
            operation_of[id(node.operation)] = node.operation
            depth_of[id(node.operation)] = 0
            met[id(node.operation)] = -1
            used.add(id(node))
    by_depth: dict[int, list[Any]] = defaultdict(list)
    for key, operation in operation_of.items():
        by_depth[depth_of[key]].append(operation)
    ordered: list[Any] = []
    for depth in sorted(by_depth, reverse=True):
        ordered.extend(sorted(by_depth[depth], key=lambda operation: met[id(operation)]))
    return ordered, used


def _is_source(node: Node, inputs: list[KerasTensor]) -> bool:
    return node.is_input or any(any(t is x for x in inputs) for t in node.output_tensors)


def _walk_back(inputs: list[KerasTensor], outputs: list[KerasTensor]) -> tuple[list[Node], dict[int, int]]:
    """The nodes, each after those it needs, and the order in which the operations were first met."""
    sources = {id(x) for x in inputs}
    met: dict[int, int] = {}
    order: list[Node] = []
    done: set[int] = set()
    stack: list[tuple[KerasTensor, bool]] = [(t, False) for t in reversed(outputs)]
    while stack:
        tensor, ready = stack.pop()
        node = node_of(tensor)
        if node is None or id(node) in done:
            continue
        if ready:
            done.add(id(node))
            order.append(node)
            continue
        met.setdefault(id(node.operation), len(met))
        stack.append((tensor, True))
        if not node.is_input and id(tensor) not in sources:
            stack.extend((t, False) for t in reversed(node.input_tensors))
    return order, met
