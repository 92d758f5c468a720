from typing import Any, Unpack

from lamina import regularizers
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from .._base._layer import Layer
from .._base._specs import keep_dtype


@public("layers.ActivityRegularization")
class ActivityRegularization(Layer):
    """Gives its input back and adds a penalty on it to the losses: `l1 · Σ|x| + l2 · Σx²`.

    Args:
        l1, l2: weights of the two penalties.

    Input `(batch, ...)`, output of the same shape.

    Example:
        >>> layer = layers.ActivityRegularization(l1=0.5)
        >>> layer(ops.ones((1, 4)))
        Tensor([[1., 1., 1., 1.]], dtype=float32)
        >>> layer.losses
        [Tensor(2., dtype=float32)]
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Unpack[LayerArguments]):
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.supports_masking = True
        self.l1 = l1
        self.l2 = l2
        self._build_at_init()

    def call(self, inputs: TensorLike) -> Any:
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def compute_output_spec(self, inputs: TensorLike) -> Any:
        return keep_dtype(self, inputs)

    def get_config(self) -> dict[str, Any]:
        config = {**super().get_config(), "l1": self.l1, "l2": self.l2}
        config.pop("activity_regularizer", None)
        return config
