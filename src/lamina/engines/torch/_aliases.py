"""Which values of a traced program lie in one memory, and which of them operators write into."""

from collections.abc import Sequence
from functools import cache
from operator import getitem
from typing import Any

import torch
from torch.fx import Node
from torch.fx.node import map_aggregate

aten = torch.ops.aten
# In training these write running statistics into two arguments from this one on; their schemas do not say so.
_STATISTICS = {aten.native_batch_norm.default: 3, aten.cudnn_batch_norm.default: 3, aten.miopen_batch_norm.default: 3}
_TRAINING = 5  # the argument that says whether they are
# Operators of several results, each in a memory of its own.
_SEPARATE = (aten.convolution_backward.default, aten.max_pool2d_with_indices.default, *_STATISTICS)
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


@cache
def _places_written(target: Any) -> tuple[tuple[int, str], ...]:
    """Number and name of the arguments that the schema of an operator says are written into."""
    schema = getattr(target, "_schema", None)
    if schema is None or not schema.is_mutable:
        return ()
    return tuple(
        (i, a.name) for i, a in enumerate(schema.arguments) if a.alias_info is not None and a.alias_info.is_write
    )


def written(target: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> list[Any]:
    """The arguments of a call, those within lists too, that it writes into."""
    given = [args[i] if i < len(args) else kwargs.get(name) for i, name in _places_written(target)]
    if target in _STATISTICS and args[_TRAINING]:
        start = _STATISTICS[target]
        given += args[start : start + 2]
    found: list[Any] = []
    map_aggregate(given, found.append)
    return [x for x in found if x is not None]


def is_mutating(node: Node) -> bool:
    """Whether an operator writes into an argument."""
    return node.op == "call_function" and bool(written(node.target, node.args, node.kwargs))


def root_of(node: Any) -> Any:
    """The node that a result is a view of, or itself."""
    while isinstance(node, Node) and node.op == "call_function":
        place = _seen_through(node.target)
        if place is None or (node.target is getitem and node.args[0].target in _SEPARATE):
            break
        node = node.args[place]
    return node


def memory_of(node: Any) -> Any:
    """The node whose memory a result lies in: as `root_of`, through operators that return what they write into."""
    while True:
        node = root_of(node)
        if not isinstance(node, Node) or not _places_written(node.target):
            return node
        node = written(node.target, node.args, node.kwargs)[0]
