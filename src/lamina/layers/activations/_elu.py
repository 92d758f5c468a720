from typing import Any, Unpack

from lamina import activations
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from ._activation import ElementwiseLayer


@public("layers.ELU")
class ELU(ElementwiseLayer):
    """x where positive, `alpha · (e^x - 1)` elsewhere.

    Args:
        alpha: number, the negative of the limit at minus infinity.

    Input `(batch, ...)`, output of the same shape.

    Example:
        >>> layers.ELU()([-1.0, 2.0])
        Tensor([-0.63212055,  2.        ], dtype=float32)

    Reference: Clevert et al., Fast and Accurate Deep Network Learning by ELUs, 2015, arXiv:1511.07289
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.alpha = alpha

    def call(self, inputs: TensorLike) -> Any:
        return activations.elu(inputs, alpha=self.alpha)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "alpha": self.alpha}
