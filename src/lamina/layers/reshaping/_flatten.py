from typing import Any, Unpack

from lamina import _settings, ops
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from .._base._input_spec import InputSpec
from .._base._layer import Layer
from .._base._specs import keep_dtype


@public("layers.Flatten")
class Flatten(Layer):
    """All axes but the batch in one.

    Args:
        data_format: with "channels_first", channels are moved last before flattening, so that weights behind it
            fit either layout.

    Input `(batch, ...)`, output `(batch, features)`.
    Example:
        >>> layers.Flatten()(ops.ones((2, 3, 4))).shape
        (2, 12)
    """

    def __init__(self, data_format: str | None = None, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.data_format: str = _settings.standardize_data_format(data_format)
        self.input_spec = InputSpec(min_ndim=1)
        self._build_at_init()

    def call(self, inputs: TensorLike) -> Any:
        rank = len(inputs.shape)
        if self.data_format == "channels_first" and rank > 2:
            inputs = ops.transpose(inputs, (0, *range(2, rank), 1))
        size = 1
        for n in inputs.shape[1:]:
            size *= n
        return ops.reshape(inputs, (inputs.shape[0], size))

    def compute_output_shape(self, input_shape: Any) -> Any:
        size = 1
        for n in input_shape[1:]:
            size = None if n is None or size is None else size * n
        return (input_shape[0], size)

    def compute_output_spec(self, inputs: TensorLike) -> Any:
        return keep_dtype(self, inputs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "data_format": self.data_format}
