"""Whole samples dropped from the branch of a residual block."""

from typing import Any, Unpack

from lamina import ops, random
from lamina.variables import add_resolver

from .._base._arguments import LayerArguments
from .._base._layer import Layer


class StochasticDepth(Layer):
    """In training, sets random samples to zero and scales the others by `1 / (1 - drop_path_rate)`.

    Args:
        drop_path_rate: fraction of samples that is dropped, at least 0 and below 1.
    Reference: Huang et al., Deep Networks with Stochastic Depth, 2016, arXiv:1603.09382
    """

    _keras_module = "keras.src.applications.convnext"

    def __init__(self, drop_path_rate: float, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.drop_path_rate = drop_path_rate

    def call(self, x: Any, training: bool | None = None) -> Any:
        if not training:
            return x
        kept = 1 - self.drop_path_rate
        shape = (ops.shape(x)[0], *(1,) * (len(x.shape) - 1))
        is_kept = ops.less(random.uniform(shape), kept)
        return ops.multiply(x, ops.divide(ops.cast(is_kept, x.dtype), kept))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "drop_path_rate": self.drop_path_rate}


_PLACE = (StochasticDepth._keras_module, "StochasticDepth")
add_resolver(lambda module, name: StochasticDepth if (module, name) == _PLACE else None)
