"""Adaptive pooling layers: windows chosen so that the output has a given size."""

from collections.abc import Callable
from typing import Any, Unpack

from lamina import _settings, ops
from lamina._public import public
from lamina._typing import TensorLike
from lamina.ops._layout import sizes_of

from .._base._arguments import LayerArguments
from .._base._input_spec import InputSpec
from .._base._layer import Layer


class BaseAdaptivePooling(Layer):
    """Pooling of `rank` spatial axes to `output_size`. Subclasses say with which op (`pool`)."""

    pool: Any = None

    def __init__(self, rank: int, output_size: Any, data_format: str | None = None, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.rank = rank
        self.output_size: Any = sizes_of(output_size, rank, "output_size", f'{type(self).__name__} "{self.name}"')
        self.data_format: str = _settings.standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=rank + 2)
        self._build_at_init()

    def call(self, inputs: TensorLike) -> Any:
        return type(self).pool(inputs, self.output_size, self.data_format)

    def compute_output_shape(self, input_shape: Any) -> Any:
        if self.data_format == "channels_last":
            return (input_shape[0], *self.output_size, input_shape[-1])
        return (*input_shape[:2], *self.output_size)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "output_size": self.output_size, "data_format": self.data_format}


@public("layers.AdaptiveAveragePooling1D")
class AdaptiveAveragePooling1D(BaseAdaptivePooling):
    """Means over parts chosen so that the output has `output_size` positions.

    Args:
        output_size: an int.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, steps, features)`, output of the same rank.
    Example:
        >>> layers.AdaptiveAveragePooling1D(2)(ops.ones((2, 5, 3))).shape
        (2, 2, 3)
    """

    pool: Callable[..., Any] = staticmethod(ops.adaptive_average_pool)

    def __init__(self, output_size: Any, data_format: str | None = None, **kwargs: Unpack[LayerArguments]):
        super().__init__(1, output_size, data_format, **kwargs)


@public("layers.AdaptiveAveragePooling2D")
class AdaptiveAveragePooling2D(BaseAdaptivePooling):
    """Means over parts chosen so that the output has `output_size` positions.

    Args:
        output_size: an int, or one for each axis.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)`, output of the same rank.
    Example:
        >>> layers.AdaptiveAveragePooling2D((2, 3))(ops.ones((2, 5, 7, 3))).shape
        (2, 2, 3, 3)
    """

    pool: Callable[..., Any] = staticmethod(ops.adaptive_average_pool)

    def __init__(self, output_size: Any, data_format: str | None = None, **kwargs: Unpack[LayerArguments]):
        super().__init__(2, output_size, data_format, **kwargs)


@public("layers.AdaptiveAveragePooling3D")
class AdaptiveAveragePooling3D(BaseAdaptivePooling):
    """Means over parts chosen so that the output has `output_size` positions.

    Args:
        output_size: an int, or one for each axis.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, depth, height, width, channels)`, output of the same rank.
    Example:
        >>> layers.AdaptiveAveragePooling3D(2)(ops.ones((2, 4, 6, 8, 3))).shape
        (2, 2, 2, 2, 3)
    """

    pool: Callable[..., Any] = staticmethod(ops.adaptive_average_pool)

    def __init__(self, output_size: Any, data_format: str | None = None, **kwargs: Unpack[LayerArguments]):
        super().__init__(3, output_size, data_format, **kwargs)


@public("layers.AdaptiveMaxPooling1D")
class AdaptiveMaxPooling1D(BaseAdaptivePooling):
    """Maxima over parts chosen so that the output has `output_size` positions.

    Args:
        output_size: an int.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, steps, features)`, output of the same rank.
    Example:
        >>> layers.AdaptiveMaxPooling1D(2)(ops.ones((2, 5, 3))).shape
        (2, 2, 3)
    """

    pool: Callable[..., Any] = staticmethod(ops.adaptive_max_pool)

    def __init__(self, output_size: Any, data_format: str | None = None, **kwargs: Unpack[LayerArguments]):
        super().__init__(1, output_size, data_format, **kwargs)


@public("layers.AdaptiveMaxPooling2D")
class AdaptiveMaxPooling2D(BaseAdaptivePooling):
    """Maxima over parts chosen so that the output has `output_size` positions.

    Args:
        output_size: an int, or one for each axis.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)`, output of the same rank.
    Example:
        >>> layers.AdaptiveMaxPooling2D((2, 3))(ops.ones((2, 5, 7, 3))).shape
        (2, 2, 3, 3)
    """

    pool: Callable[..., Any] = staticmethod(ops.adaptive_max_pool)

    def __init__(self, output_size: Any, data_format: str | None = None, **kwargs: Unpack[LayerArguments]):
        super().__init__(2, output_size, data_format, **kwargs)


@public("layers.AdaptiveMaxPooling3D")
class AdaptiveMaxPooling3D(BaseAdaptivePooling):
    """Maxima over parts chosen so that the output has `output_size` positions.

    Args:
        output_size: an int, or one for each axis.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, depth, height, width, channels)`, output of the same rank.
    Example:
        >>> layers.AdaptiveMaxPooling3D(2)(ops.ones((2, 4, 6, 8, 3))).shape
        (2, 2, 2, 2, 3)
    """

    pool: Callable[..., Any] = staticmethod(ops.adaptive_max_pool)

    def __init__(self, output_size: Any, data_format: str | None = None, **kwargs: Unpack[LayerArguments]):
        super().__init__(3, output_size, data_format, **kwargs)
