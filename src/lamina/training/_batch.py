"""A batch as a step of training or testing sees it."""

from dataclasses import dataclass, replace
from typing import Any, Self

from lamina import ops, tree
from lamina.ops._masks import get_mask, set_mask

from ._data import unpack_x_y_sample_weight


@dataclass(frozen=True, eq=False)
class Batch:
    """What a step is fed, how much of it counts, and what the model made of it.

    Args:
        x, y, sample_weight: tensors, nested, as `fit` was given them.
        count: how many samples, from the first, are real, a tensor; None for all. The others fill the batch up.
        y_pred: the outputs, once the model has been called.
        masks: those of the outputs, in flat order. They are no part of a tensor, so that they get lost where values leave a
            traced function: `outputs` and `with_outputs` take them across.
    """

    x: Any
    y: Any = None
    sample_weight: Any = None
    count: Any = None
    y_pred: Any = None
    masks: tuple[Any, ...] = ()

    @classmethod
    def of(cls, data: Any, count: Any = None) -> Self:
        """A batch of (x,), (x, y) or (x, y, sample_weight)."""
        return cls(*unpack_x_y_sample_weight(data), count)

    @property
    def size(self) -> Any:
        """How many samples count."""
        return size_of(tree.flatten(self.x)[0]) if self.count is None else ops.cast(self.count, "float32")

    def predicted(self, y_pred: Any) -> Self:
        """The batch with its outputs, masked where they come from samples that fill it up."""
        if self.count is not None:
            for p in tree.flatten(y_pred):
                _mask_after(p, self.count)
        return replace(self, y_pred=y_pred, masks=tuple(map(get_mask, tree.flatten(y_pred))))

    @property
    def outputs(self) -> tuple[Any, list[Any]]:
        """The outputs and their masks, as a traced function may return them."""
        return self.y_pred, list(self.masks)

    def with_outputs(self, outputs: tuple[Any, list[Any]]) -> Self:
        """The batch with what `outputs` gave in a traced function."""
        y_pred, masks = outputs
        for p, mask in zip(tree.flatten(y_pred), masks):
            if mask is not None:
                set_mask(p, mask)
        return replace(self, y_pred=y_pred, masks=tuple(masks))


def size_of(x: Any) -> int:
    """The number of samples of a tensor."""
    return int(x.shape[0]) if len(x.shape) else 1


def _mask_after(x: Any, count: Any) -> None:
    """Lets only the first `count` samples count; with the tensor's own mask too, if it has one."""
    rest = x.shape[1:-1]
    valid = ops.reshape(ops.less(ops.arange(x.shape[0]), count), (x.shape[0],) + (1,) * len(rest))
    valid = ops.broadcast_to(valid, (x.shape[0], *rest))
    own = get_mask(x)
    set_mask(x, valid if own is None else ops.logical_and(own, valid))
