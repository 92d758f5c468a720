"""Global pooling layers: one number for each channel."""

from typing import Any, Unpack

from lamina import _settings, ops
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from .._base._input_spec import InputSpec
from .._base._layer import Layer


class BaseGlobalPooling(Layer):
    """Pooling over all of `rank` spatial axes."""

    def __init__(
        self, rank: int, data_format: str | None = None, keepdims: bool = False, **kwargs: Unpack[LayerArguments]
    ):
        super().__init__(**kwargs)
        self.rank = rank
        self.data_format: str = _settings.standardize_data_format(data_format)
        self.keepdims = keepdims
        self.input_spec = InputSpec(ndim=rank + 2)
        self._build_at_init()

    @property
    def _axes(self) -> list[int]:
        first = 1 if self.data_format == "channels_last" else 2
        return list(range(first, first + self.rank))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "data_format": self.data_format, "keepdims": self.keepdims}


@public("layers.GlobalMaxPooling1D", "layers.GlobalMaxPool1D")
class GlobalMaxPooling1D(BaseGlobalPooling):
    """The largest entry of each channel.

    Args:
        data_format: "channels_last", "channels_first" or None for the default.
        keepdims: whether the pooled axes stay, with size 1.

    Input `(batch, steps, features)`, output `(batch, features)`.
    Example:
        >>> layers.GlobalMaxPooling1D()(ops.array([[[1.0], [3.0], [2.0]]]))
        Tensor([[3.]], dtype=float32)
    """

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Unpack[LayerArguments]):
        super().__init__(1, data_format, keepdims, **kwargs)

    def call(self, inputs: TensorLike) -> Any:
        return ops.max(inputs, axis=self._axes, keepdims=self.keepdims)


@public("layers.GlobalMaxPooling2D", "layers.GlobalMaxPool2D")
class GlobalMaxPooling2D(BaseGlobalPooling):
    """The largest entry of each channel.

    Args:
        data_format: "channels_last", "channels_first" or None for the default.
        keepdims: whether the pooled axes stay, with size 1.

    Input `(batch, height, width, channels)`, output `(batch, channels)`.
    Example:
        >>> layers.GlobalMaxPooling2D()(ops.ones((2, 4, 4, 3))).shape
        (2, 3)
    """

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Unpack[LayerArguments]):
        super().__init__(2, data_format, keepdims, **kwargs)

    def call(self, inputs: TensorLike) -> Any:
        return ops.max(inputs, axis=self._axes, keepdims=self.keepdims)


@public("layers.GlobalMaxPooling3D", "layers.GlobalMaxPool3D")
class GlobalMaxPooling3D(BaseGlobalPooling):
    """The largest entry of each channel.

    Args:
        data_format: "channels_last", "channels_first" or None for the default.
        keepdims: whether the pooled axes stay, with size 1.

    Input `(batch, depth, height, width, channels)`, output `(batch, channels)`.
    Example:
        >>> layers.GlobalMaxPooling3D()(ops.ones((2, 4, 4, 4, 3))).shape
        (2, 3)
    """

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Unpack[LayerArguments]):
        super().__init__(3, data_format, keepdims, **kwargs)

    def call(self, inputs: TensorLike) -> Any:
        return ops.max(inputs, axis=self._axes, keepdims=self.keepdims)


@public("layers.GlobalAveragePooling1D", "layers.GlobalAvgPool1D")
class GlobalAveragePooling1D(BaseGlobalPooling):
    """The mean of each channel; masked steps do not count.

    Args:
        data_format: "channels_last", "channels_first" or None for the default.
        keepdims: whether the pooled axes stay, with size 1.

    Input `(batch, steps, features)`, output `(batch, features)`.
    Example:
        >>> layers.GlobalAveragePooling1D()(ops.array([[[1.0], [3.0], [2.0]]]))
        Tensor([[2.]], dtype=float32)
    """

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Unpack[LayerArguments]):
        super().__init__(1, data_format, keepdims, **kwargs)
        self.supports_masking = True

    def call(self, inputs: TensorLike, mask: TensorLike = None) -> Any:
        if mask is None:
            return ops.mean(inputs, axis=self._axes, keepdims=self.keepdims)
        weights = ops.cast(ops.expand_dims(mask, 2 if self.data_format == "channels_last" else 1), inputs.dtype)
        total = ops.sum(ops.multiply(inputs, weights), axis=self._axes, keepdims=self.keepdims)
        return ops.divide(total, ops.sum(weights, axis=self._axes, keepdims=self.keepdims))

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None) -> Any:
        return None


@public("layers.GlobalAveragePooling2D", "layers.GlobalAvgPool2D")
class GlobalAveragePooling2D(BaseGlobalPooling):
    """The mean of each channel.

    Args:
        data_format: "channels_last", "channels_first" or None for the default.
        keepdims: whether the pooled axes stay, with size 1.

    Input `(batch, height, width, channels)`, output `(batch, channels)`.
    Example:
        >>> layers.GlobalAveragePooling2D()(ops.ones((2, 4, 4, 3))).shape
        (2, 3)
    """

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Unpack[LayerArguments]):
        super().__init__(2, data_format, keepdims, **kwargs)

    def call(self, inputs: TensorLike) -> Any:
        return ops.mean(inputs, axis=self._axes, keepdims=self.keepdims)


@public("layers.GlobalAveragePooling3D", "layers.GlobalAvgPool3D")
class GlobalAveragePooling3D(BaseGlobalPooling):
    """The mean of each channel.

    Args:
        data_format: "channels_last", "channels_first" or None for the default.
        keepdims: whether the pooled axes stay, with size 1.

    Input `(batch, depth, height, width, channels)`, output `(batch, channels)`.
    Example:
        >>> layers.GlobalAveragePooling3D()(ops.ones((2, 4, 4, 4, 3))).shape
        (2, 3)
    """

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Unpack[LayerArguments]):
        super().__init__(3, data_format, keepdims, **kwargs)

    def call(self, inputs: TensorLike) -> Any:
        return ops.mean(inputs, axis=self._axes, keepdims=self.keepdims)
