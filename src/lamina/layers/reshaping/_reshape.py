from typing import Any, Unpack

from lamina import ops
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from .._base._layer import Layer
from .._base._specs import keep_dtype


@public("layers.Reshape")
class Reshape(Layer):
    """The same numbers in another shape.

    Args:
        target_shape: tuple[Any, ...] without the batch; one entry may be -1, for what remains.

    Input `(batch, ...)`, output `(batch, *target_shape)`.
    Example:
        >>> layers.Reshape((4, -1))(ops.ones((2, 3, 4))).shape
        (2, 4, 3)
    """

    def __init__(self, target_shape: Any, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        sizes = (target_shape,) if isinstance(target_shape, int) else tuple(target_shape)
        if sum(s == -1 for s in sizes) > 1 or any(s is None or s < -1 for s in sizes):
            raise ValueError(
                f"{self._owner}: target_shape must hold sizes, at most one of them -1; got {target_shape!r}."
            )
        self.target_shape = sizes
        self._build_at_init()

    def compute_output_shape(self, input_shape: Any) -> Any:
        rest = input_shape[1:]
        known = 1
        for s in self.target_shape:
            known *= 1 if s == -1 else s
        if any(s is None for s in rest):
            return (input_shape[0], *(None if s == -1 else s for s in self.target_shape))
        size = 1
        for s in rest:
            size *= s
        if size % known if -1 in self.target_shape and known else size != known:
            raise ValueError(
                f"{self._owner}: cannot reshape {tuple(rest)} ({size} numbers) to {self.target_shape} (batch left out)."
            )
        return (input_shape[0], *(size // known if s == -1 else s for s in self.target_shape))

    def compute_output_spec(self, inputs: TensorLike) -> Any:
        return keep_dtype(self, inputs)

    def call(self, inputs: TensorLike) -> Any:
        return ops.reshape(inputs, self.compute_output_shape(tuple(inputs.shape)))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "target_shape": self.target_shape}
