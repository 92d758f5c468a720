"""Rules of simplification that several primitives share; a rule gives the value that replaces a node's, or None."""

from collections.abc import Callable
from typing import Any

from .._graph import Node, Var

Rewrite = Callable[[Node, Callable[..., Any]], Var | None]


def neutral(value: float, *operands: int) -> Rewrite:
    """x ∘ value -> x, where `value` may stand at `operands` (0 or 1); only if x has the shape of the result."""

    def rule(node: Node, emit: Callable[..., Any]) -> Var | None:
        for k in operands:
            other, x = node.inputs[k], node.inputs[1 - k]
            if x.shape == node.outputs[0].shape and _is_scalar(other, value):
                return x
        return None

    return rule


def _is_scalar(var: Var, value: float) -> bool:
    return var.is_constant and var.value.size == 1 and var.value.item() == value


def made_by(primitive: Any, var: Var) -> Node | None:
    """The call of `primitive` that gives the value, if one does."""
    return var.node if var.node is not None and var.node.primitive is primitive else None


def outer_alone(node: Node, emit: Callable[..., Any]) -> Var | None:
    """f(f(x)) -> f(x), where the outer call alone counts: reshape, broadcast_to."""
    inner = made_by(node.primitive, node.inputs[0])
    return None if inner is None else emit(node.primitive, inner.inputs, **node.params)
