from typing import Any, Unpack

from lamina import ops
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from .._base._input_spec import InputSpec
from .._base._layer import Layer
from .._base._specs import keep_dtype


@public("layers.Permute")
class Permute(Layer):
    """The axes in another order.

    Args:
        dims: tuple[Any, ...] of axes, counted from 1; the batch (0) stays first. `(2, 1)` swaps the first two.

    Input `(batch, ...)`, output with the sizes of its axes in that order.

    Example:
        >>> layers.Permute((2, 1))(ops.ones((2, 3, 4))).shape
        (2, 4, 3)
    """

    def __init__(self, dims: Any, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.dims: Any = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(f"{self._owner}: dims must hold 1 to {len(self.dims)}, each once; got {dims!r}.")
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)
        self._build_at_init()

    def call(self, inputs: TensorLike) -> Any:
        return ops.transpose(inputs, (0, *self.dims))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0], *(input_shape[d] for d in self.dims))

    def compute_output_spec(self, inputs: TensorLike) -> Any:
        return keep_dtype(self, inputs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dims": self.dims}
