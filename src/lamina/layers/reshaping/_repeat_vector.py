from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_count
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from .._base._input_spec import InputSpec
from .._base._layer import Layer
from .._base._specs import keep_dtype


@public("layers.RepeatVector")
class RepeatVector(Layer):
    """Repeats a vector along a new axis of steps.

    Args:
        n: how often.

    Input `(batch, features)`, output `(batch, n, features)`.
    Example:
        >>> layers.RepeatVector(3)(ops.ones((2, 4))).shape
        (2, 3, 4)
    """

    def __init__(self, n: int, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        check_count(n, "n", self._owner)
        self.n = n
        self.input_spec = InputSpec(ndim=2)
        self._build_at_init()

    def call(self, inputs: TensorLike) -> Any:
        batch, features = ops.shape(inputs)
        return ops.broadcast_to(ops.reshape(inputs, (batch, 1, features)), (batch, self.n, features))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0], self.n, input_shape[1])

    def compute_output_spec(self, inputs: TensorLike) -> Any:
        return keep_dtype(self, inputs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "n": self.n}
