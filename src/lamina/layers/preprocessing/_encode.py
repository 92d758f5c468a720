"""Indices to one-hot, multi-hot, count and tf-idf vectors."""

from typing import Any

from lamina import ops


def encode(indices: Any, mode: str, depth: int, dtype: str, weights: Any = None, idf: Any = None) -> Any:
    """Indices in the given output mode.

    Args:
        indices: `(...)`, integers from 0 to `depth - 1`; others count as nothing.
        mode: "one_hot" (each index a vector; a last axis of size 1 after that of the batch is replaced), "multi_hot", "count" or
            "tf_idf" (one vector for the axis after the batch together).
        weights: `(...)`, what each index counts in mode "count". idf: `(depth,)`, for "tf_idf".
    """
    indices = ops.cast(indices, "int32")
    if mode == "one_hot":
        if len(indices.shape) > 1 and indices.shape[-1] == 1:
            indices = ops.squeeze(indices, axis=-1)
        return ops.one_hot(indices, depth, dtype=dtype)
    if not len(indices.shape):
        indices = ops.expand_dims(indices, -1)
    hot = ops.one_hot(indices, depth, dtype=dtype)
    axis = min(len(indices.shape) - 1, 1)
    if mode == "multi_hot":
        return ops.max(hot, axis=axis)
    if weights is not None:
        hot = ops.multiply(hot, ops.expand_dims(ops.cast(weights, dtype), -1))
    counts = ops.sum(hot, axis=axis)
    return counts if mode == "count" else ops.multiply(counts, ops.cast(idf, dtype))


def encoded_shape(shape: tuple[Any, ...], mode: str, depth: Any) -> tuple[Any, ...]:
    """The shape of `encode` for indices of that shape."""
    if mode == "int":
        return shape
    if mode == "one_hot":
        return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape), depth)
    return (*shape[:1], *shape[2:], depth) if len(shape) > 1 else (depth,)
