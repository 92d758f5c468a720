from typing import Any, Unpack

from lamina import ops
from lamina._public import public
from lamina._typing import Axis, TensorLike

from .._base._arguments import LayerArguments
from ._merge import Merge, _listing


@public("layers.Concatenate")
class Concatenate(Merge):
    """Puts tensors one behind the other along an axis.

    Args:
        axis: int; the other axes must agree.

    Inputs: a list of tensors `(batch, ...)`, equal but for `axis`; output as large along it as all together.

    Example:
        >>> layers.Concatenate()([ops.ones((2, 3)), ops.ones((2, 1))]).shape
        (2, 4)
    """

    def __init__(self, axis: Axis = -1, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.axis = axis

    def _joined_shape(self, shapes: Any, origins: Any = None) -> tuple[Any, ...]:
        ranks = {len(s) for s in shapes}
        rank = max(ranks)
        if len(ranks) > 1:
            raise ValueError(f"{self._owner}: the tensors differ in rank: {_listing(shapes, origins)}.")
        if not -rank <= self.axis < rank:
            raise ValueError(f"{self._owner}: axis {self.axis} is outside the shapes {_listing(shapes, origins)}.")
        along = self.axis % rank
        joined: list[Any] = []
        for axis, sizes in enumerate(zip(*shapes)):
            if axis == along:
                joined.append(None if None in sizes else sum(sizes))
                continue
            known = {s for s in sizes if s is not None}
            if len(known) > 1:
                raise ValueError(
                    f"{self._owner}: the shapes do not fit on axis {axis}, where they have {sorted(known)} (they are "
                    f"joined along axis {along}): {_listing(shapes, origins)}."
                )
            joined.append(known.pop() if known else None)
        return tuple(joined)

    def call(self, inputs: TensorLike) -> Any:
        return ops.concatenate(inputs, axis=self.axis)

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None) -> Any:
        if mask is None or all(one is None for one in mask):
            return None
        masks = []
        for x, one in zip(inputs, mask):
            if one is None:
                one = ops.ones_like(x, dtype="bool")
            while len(one.shape) < len(x.shape):
                one = ops.expand_dims(one, -1)
            masks.append(
                ops.broadcast_to(one, x.shape)
                if None not in x.shape
                else ops.logical_and(one, ops.ones_like(x, dtype="bool"))
            )
        return ops.any(ops.concatenate(masks, axis=self.axis), axis=-1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}


@public("layers.concatenate")
def concatenate(inputs: TensorLike, axis: Axis = -1, **kwargs: Any) -> Any:
    """The tensors one behind the other, through a layer `Concatenate`.

    Example:
        >>> layers.concatenate([ops.ones((2, 3)), ops.ones((2, 1))]).shape
        (2, 4)
    """
    return Concatenate(axis=axis, **kwargs)(inputs)
