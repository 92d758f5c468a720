"""Which values of a traced program lie in one memory."""

from functools import cache
from operator import getitem
from typing import Any

import torch
from torch.fx import Node

aten = torch.ops.aten
# Operators of several results, each in a memory of its own.
_SEPARATE = (aten.convolution_backward.default, aten.max_pool2d_with_indices.default)
# These return views too, though their schemas do not say so.
_SILENT = (aten.unsafe_split.Tensor, aten.unsafe_split_with_sizes.default, aten.unsafe_chunk.default)


@cache
def _seen_through(target: Any) -> int | None:
    """The number of the argument that an operator's result is a view of, or None."""
    if target is getitem or target in _SILENT:
        return 0
    schema = getattr(target, "_schema", None)
    if schema is None or schema.is_mutable or not any(r.alias_info is not None for r in schema.returns):
        return None
    return next((i for i, a in enumerate(schema.arguments) if a.alias_info is not None), None)


def is_mutating(node: Node) -> bool:
    """Whether an operator writes into an argument."""
    return node.op == "call_function" and getattr(getattr(node.target, "_schema", None), "is_mutable", False)


def root_of(node: Any) -> Any:
    """The node that a result is a view of, or itself."""
    while isinstance(node, Node) and node.op == "call_function":
        place = _seen_through(node.target)
        if place is None or (node.target is getitem and node.args[0].target in _SEPARATE):
            break
        node = node.args[place]
    return node


def memory_of(node: Any) -> Any:
    """The node whose memory a result lies in: as `root_of`, through operators that write into their first argument."""
    while True:
        node = root_of(node)
        if not isinstance(node, Node) or not is_mutating(node):
            return node
        node = node.args[0]
