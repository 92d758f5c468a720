"""What replicas of a model tell each other inside a step."""

from typing import Any

from ._current import in_use
from ._machinery import machinery_or_none


def mean_over_replicas(tensors: list[Any]) -> list[Any]:
    """Gradients of the part of a batch that this process computes, None among them, as those of the whole batch."""
    if not in_use() or (found := machinery_or_none()) is None:
        return tensors
    return found.mean(tensors)
