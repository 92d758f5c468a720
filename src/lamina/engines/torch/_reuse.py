"""Elementwise operators write their result where an operand lies that nobody reads afterwards: new state over old state
first of all, which saves a pass over all weights, and fewer long buffers are taken from the system."""

from typing import Any

import torch
from torch.fx import Graph, Node

from ._aliases import memory_of

aten = torch.ops.aten
_IN_PLACE = {
    getattr(getattr(aten, name), overload): getattr(getattr(aten, f"{name}_"), overload)
    for name, overload in (
        ("add", "Tensor"), ("sub", "Tensor"), ("mul", "Tensor"), ("div", "Tensor"), ("mul", "Scalar"), ("div", "Scalar"),
        ("add", "Scalar"), ("sub", "Scalar"), ("sqrt", "default"), ("rsqrt", "default"),
        ("exp", "default"), ("log", "default"), ("neg", "default"), ("relu", "default"), ("tanh", "default"),
        ("sigmoid", "default"), ("clamp", "default"), ("clamp_min", "default"), ("clamp_max", "default"),
        ("reciprocal", "default"),
    )
}  # fmt: skip
_IN_PLACE[aten.pow.Tensor_Scalar] = aten.pow_.Scalar
# Those without such a form, but with one that is told where the result goes.
_WITH_OUT = {aten.threshold_backward.default: (aten.threshold_backward.grad_input, "grad_input")}
_CHANGEABLE = {*_IN_PLACE, *_WITH_OUT}
_COMMUTATIVE = (aten.add.Tensor, aten.mul.Tensor)


def reuse_memory(graph: Graph, state: list[Node]) -> None:
    """Rewrites operators of the graph to their forms that work in place, where nothing else is changed by that."""
    nodes = list(graph.nodes)
    place = {node: i for i, node in enumerate(nodes)}
    output = nodes[-1]
    results = list(output.args[0])
    replaces = {new: old for old, new in zip(state, results) if new is not old}
    owned, asked_for = set(state), {memory_of(r) for r in results}
    last: dict[Any, int] = {}  # the last reader of the memory of a node
    for node in nodes:
        for source in node.all_input_nodes:
            root = memory_of(source)
            last[root] = max(last.get(root, -1), place[node])
    for i, node in enumerate(nodes):
        if node.target not in _CHANGEABLE or "val" not in node.meta:
            continue
        for operand in _candidates(node):
            root = memory_of(operand)
            # Old state that nobody reads any more is overwritten anyway; but no other result may end up there.
            is_spare = root in owned and (node not in asked_for or replaces.get(node) is root)
            if not (is_spare or _is_fresh(root)) or last.get(root, -1) > i or not _covers(operand, root, node):
                continue
            others = [a for a in node.args if isinstance(a, Node) and a is not operand]
            if any(memory_of(a) is root for a in others):
                continue
            if node.args[0] is not operand:
                node.args = (operand, node.args[0], *node.args[2:])
            if node.target in _IN_PLACE:
                node.target = _IN_PLACE[node.target]
            else:
                overload, name = _WITH_OUT[node.target]
                node.target, node.kwargs = overload, {**node.kwargs, name: operand}
            last[root] = max(last.get(root, -1), last.get(node, -1))
            break


def _candidates(node: Node) -> list[Node]:
    """The operands that could take the result: the state that it replaces, for a sum either one."""
    swap = node.target in _COMMUTATIVE and len(node.args) == 2 and not node.kwargs
    return [a for a in node.args[: 2 if swap else 1] if isinstance(a, Node)]


def _is_fresh(root: Any) -> bool:
    """Whether the memory was made by an operator of the program for its result alone."""
    return isinstance(root, Node) and root.op == "call_function" and isinstance(root.meta.get("val"), torch.Tensor)


def _covers(operand: Node, root: Any, node: Node) -> bool:
    """Whether the operand is the whole of its memory, and like the result in shape and dtype."""
    value, whole, result = operand.meta.get("val"), root.meta.get("val"), node.meta["val"]
    return (
        isinstance(value, torch.Tensor)
        and isinstance(whole, torch.Tensor)
        and value.shape == result.shape
        and value.dtype == result.dtype == whole.dtype
        and value.stride() == result.stride()
        and value.numel() == whole.numel()
        and 0 not in value.stride()
        and 0 not in whole.stride()
    )
