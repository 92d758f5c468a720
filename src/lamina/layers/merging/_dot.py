from typing import Any, Unpack

from lamina import ops
from lamina._public import public
from lamina._typing import Axis, TensorLike

from .._base._arguments import LayerArguments
from ._merge import Merge, _listing

_LETTERS = "bcdefghijklmnopqrstuvwxy"


@public("layers.Dot")
class Dot(Merge):
    """The dot product of two tensors, sample by sample, along one axis of each.

    Args:
        axes: int, or a pair of ints, one for each tensor.
        normalize: whether both are scaled to length 1 along these axes first (the cosine of their angle).

    Inputs: a list of two tensors, `(batch, 2, 5)` and `(batch, 5, 3)` with `axes=(2, 1)`: output `(batch, 2, 3)`; of two vectors
    `(batch, 1)`.
    Example:
        >>> layers.Dot(axes=1)([ops.ones((2, 3)), ops.ones((2, 3))])
        Tensor([[3.],
                [3.]], dtype=float32)
    """

    least = 2

    def __init__(self, axes: Axis, normalize: bool = False, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        pair = isinstance(axes, (list, tuple)) and len(axes) == 2 and all(isinstance(a, int) for a in axes)
        if not isinstance(axes, int) and not pair:
            raise TypeError(f"{self._owner}: axes must be an int or a pair of ints; got {axes!r}.")
        self.axes = axes
        self.normalize = normalize

    def _axes(self, shapes: Any) -> tuple[int, int]:
        first, second = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        return first % len(shapes[0]), second % len(shapes[1])

    def _joined_shape(self, shapes: Any, origins: Any = None) -> tuple[Any, ...]:
        if len(shapes) != 2:
            raise ValueError(f"{self._owner}: expected exactly 2 tensors; got {len(shapes)}.")
        if min(len(s) for s in shapes) < 2:
            raise ValueError(f"{self._owner}: the tensors need at least 2 axes; got {_listing(shapes, origins)}.")
        a, b = self._axes(shapes)
        sizes = shapes[0][a], shapes[1][b]
        if None not in sizes and sizes[0] != sizes[1]:
            raise ValueError(
                f"{self._owner}: the sizes along axes {a} and {b} differ, {sizes[0]} and {sizes[1]}: "
                f"{_listing(shapes, origins)}."
            )
        rest = [*(s for i, s in enumerate(shapes[0]) if i not in (0, a))]
        rest += [s for i, s in enumerate(shapes[1]) if i not in (0, b)]
        return (shapes[0][0], *(rest or (1,)))

    def call(self, inputs: TensorLike) -> Any:
        x, y = inputs
        a, b = self._axes([x.shape, y.shape])
        if self.normalize:
            x, y = ops.normalize(x, axis=a), ops.normalize(y, axis=b)
        names_x = ["a", *_LETTERS[: len(x.shape) - 1]]
        names_y = ["a", *_LETTERS[len(x.shape) - 1 : len(x.shape) + len(y.shape) - 2]]
        names_x[a] = names_y[b] = "z"
        kept = [n for n in names_x[1:] + names_y[1:] if n != "z"]
        result = ops.einsum(f"{''.join(names_x)},{''.join(names_y)}->a{''.join(kept)}", x, y)
        return result if kept else ops.expand_dims(result, 1)

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None) -> Any:
        return None

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axes": self.axes, "normalize": self.normalize}


@public("layers.dot")
def dot(inputs: TensorLike, axes: Axis = -1, **kwargs: Any) -> Any:
    """The dot product of two tensors, through a layer `Dot`.

    Example:
        >>> layers.dot([ops.ones((2, 3)), ops.ones((2, 3))], axes=1)
        Tensor([[3.],
                [3.]], dtype=float32)
    """
    return Dot(axes=axes, **kwargs)(inputs)
