"""Batches are x, (x,), (x, y) or (x, y, sample_weight)."""

from typing import Any

from lamina._public import public


@public("utils.unpack_x_y_sample_weight")
def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """`(x, y, sample_weight)` from a batch, None for what it lacks. A list or dict is all x.

    Raises ValueError for a tuple of more than three.
    Example:
        >>> utils.unpack_x_y_sample_weight(("x", "y"))
        ('x', 'y', None)
    """
    if isinstance(data, list):
        data = tuple(data)
    if not isinstance(data, tuple):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ValueError(f"A batch must be x, (x, y) or (x, y, sample_weight); got a tuple of {len(data)}.")
    return (*data, None, None)[:3]


@public("utils.pack_x_y_sample_weight")
def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """The batch that `unpack_x_y_sample_weight` takes apart: x alone is itself, unless it is a list or tuple.

    Example:
        >>> utils.pack_x_y_sample_weight("x", "y")
        ('x', 'y')
    """
    if y is None and sample_weight is None:
        return x if not isinstance(x, (tuple, list)) else (x,)
    return (x, y) if sample_weight is None else (x, y, sample_weight)
