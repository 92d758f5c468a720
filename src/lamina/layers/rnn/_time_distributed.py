from typing import Any, Unpack

from lamina import ops, tree
from lamina._public import public
from lamina._typing import TensorLike
from lamina.layers.core._wrapper import Wrapper

from .._base._arguments import LayerArguments
from .._base._call import function_of, signature_of


@public("layers.TimeDistributed")
class TimeDistributed(Wrapper):
    """Applies a layer to every step of a sequence, with the same weights.

    All steps of all sequences go through the layer as one batch.

    Args:
        layer: the layer inside.

    Input `(batch, steps, ...)`; output `(batch, steps, *output of the layer)`.

    Example:
        >>> TimeDistributed(Dense(4))(ops.ones((2, 5, 3))).shape
        (2, 5, 4)
    """

    def __init__(self, layer: Any, **kwargs: Unpack[LayerArguments]):
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def _step_shape(self, input_shape: Any) -> tuple[Any, ...]:
        if not isinstance(input_shape, (list, tuple)) or len(input_shape) < 3:
            raise ValueError(
                f"{self._owner}: expected inputs with at least 3 axes (batch, steps, ...); got shape {input_shape}. "
                "A recurrent layer before it needs return_sequences=True."
            )
        return (input_shape[0], *input_shape[2:])

    def build(self, input_shape: Any) -> None:
        super().build(self._step_shape(input_shape))

    def compute_output_shape(self, input_shape: Any) -> Any:
        inner = self.layer.compute_output_shape(self._step_shape(input_shape))
        return (inner[0], input_shape[1], *inner[1:])

    def call(self, inputs: TensorLike, training: bool | None = None, mask: TensorLike = None) -> Any:
        batch, steps, *rest = ops.shape(inputs)
        signature = signature_of(function_of(self.layer.call))
        options: dict[str, Any] = {}
        if signature.has_training:
            options["training"] = training
        if mask is not None:
            mask = tree.flatten(mask)[0]
            if len(mask.shape) < 2 or tuple(mask.shape[:2]) != (batch, steps):
                raise ValueError(
                    f"{self._owner}: the mask must have the shape ({batch}, {steps}, ...); got {tuple(mask.shape)}."
                )
            if signature.accepts("mask"):
                options["mask"] = ops.reshape(mask, (batch * steps, *mask.shape[2:]))
        outputs = self.layer(ops.reshape(inputs, (batch * steps, *rest)), **options)
        return ops.reshape(outputs, (batch, steps, *ops.shape(outputs)[1:]))
