"""Gradients kept from growing too large."""

from typing import Any

from lamina import ops


def clip_by_norm(gradient: Any, limit: float) -> Any:
    """The gradient scaled down to a norm of at most `limit`."""
    squares = ops.sum(ops.square(gradient))
    return ops.divide(ops.multiply(gradient, limit), ops.maximum(ops.sqrt(squares), limit))


def global_norm(gradients: list[Any]) -> Any:
    """The norm of all gradients taken as one vector."""
    total = ops.sum(ops.square(gradients[0]))
    for gradient in gradients[1:]:
        total = ops.add(total, ops.sum(ops.square(gradient)))
    return ops.sqrt(total)


def clip_by_global_norm(gradients: list[Any], limit: float) -> list[Any]:
    """All gradients scaled by one factor, so that their common norm is at most `limit`."""
    norm = global_norm(gradients)
    # A norm that is infinite or NaN must show: norm - norm is then NaN, else zero.
    scale = ops.add(ops.divide(limit, ops.maximum(norm, limit)), ops.subtract(norm, norm))
    return [ops.multiply(gradient, ops.cast(scale, gradient.dtype)) for gradient in gradients]
