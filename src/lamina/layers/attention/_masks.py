"""Where attention may go: masks of queries and keys, of causality and of a window, as one."""

from typing import Any

from lamina import ops


def causal_mask(targets: int, sources: int) -> Any:
    """`(1, targets, sources)`, bool: True up to a step's own number."""
    return ops.greater_equal(ops.reshape(ops.arange(targets), (1, targets, 1)), ops.arange(sources))


def window_mask(targets: int, sources: int, width: int) -> Any:
    """`(1, targets, sources)`, bool: True for steps less than `width` apart."""
    distance = ops.subtract(ops.reshape(ops.arange(targets), (1, targets, 1)), ops.arange(sources))
    return ops.less(ops.abs(distance), width)


def both(first: Any, second: Any) -> Any:
    """The masks' conjunction; None allows everything."""
    if first is None or second is None:
        return second if first is None else first
    return ops.logical_and(ops.cast(first, "bool"), ops.cast(second, "bool"))


def attention_mask_of(
    query: Any,
    value: Any,
    query_mask: Any = None,
    value_mask: Any = None,
    key_mask: Any = None,
    attention_mask: Any = None,
    use_causal_mask: bool = False,
    sliding_window: int | None = None,
) -> Any:
    """All masks as one, `(batch or 1, targets, sources)` bool; None if attention may go everywhere.

    Args:
        query, value: tensors, `(batch, steps, ...)`.
        query_mask, value_mask, key_mask: `(batch, steps)`, bool, or None.
        attention_mask: broadcastable to `(batch, targets, sources)`, or None.
        use_causal_mask: whether a step sees only the steps up to its own.
        sliding_window: steps this far apart or farther do not see each other; None for no limit.
    """
    targets, sources = query.shape[1], value.shape[1]
    mask = None if query_mask is None else ops.expand_dims(ops.cast(query_mask, "bool"), -1)
    for each in (value_mask, key_mask):
        mask = both(mask, None if each is None else ops.expand_dims(ops.cast(each, "bool"), -2))
    if use_causal_mask:
        mask = both(mask, causal_mask(targets, sources))
    if sliding_window is not None:
        mask = both(mask, window_mask(targets, sources, sliding_window))
    return both(None if attention_mask is None else ops.cast(attention_mask, "bool"), mask)
