"""Labels of images that were mixed with others of their batch."""

from typing import Any

from lamina import ops


def blended(one: Any, transformation: Any, dtype: str) -> Any:
    """`w x + (1 - w) y` with y from the permuted batch and a weight w for each of it."""
    one = ops.cast(one, dtype)
    weight = ops.reshape(ops.cast(transformation["mix_weight"], dtype), (-1,) + (1,) * (one.ndim - 1))
    return weight * one + (1 - weight) * ops.take(one, transformation["permutation_order"], axis=0)
