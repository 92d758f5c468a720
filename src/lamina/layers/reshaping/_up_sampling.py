"""Layers that repeat rows, columns and slices: images and sequences made larger."""

from typing import Any, Unpack

from lamina import _settings, ops
from lamina._checks import check_count, check_one_of
from lamina._public import public
from lamina._typing import TensorLike
from lamina.ops._image import INTERPOLATIONS
from lamina.ops._layout import sizes_of

from .._base._arguments import LayerArguments
from .._base._input_spec import InputSpec
from .._base._layer import Layer


class BaseUpSampling(Layer):
    """Every entry repeated `size` times along `rank` spatial axes."""

    def __init__(self, rank: int, size: Any, data_format: str | None = None, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.rank = rank
        self.size: Any = sizes_of(size, rank, "size", f'{type(self).__name__} "{self.name}"')
        self.data_format: str = _settings.standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=rank + 2)
        self._build_at_init()

    def call(self, inputs: TensorLike) -> Any:
        first = 1 if self.data_format == "channels_last" else 2
        for axis, n in enumerate(self.size, start=first):
            if n > 1:
                inputs = ops.repeat(inputs, n, axis=axis)
        return inputs


@public("layers.UpSampling1D")
class UpSampling1D(BaseUpSampling):
    """Every step repeated.

    Args:
        size: how often.

    Input `(batch, steps, features)`, output `(batch, steps * size, features)`.
    Example:
        >>> layers.UpSampling1D(2)(ops.array([[[1.0], [2.0]]])).tolist()
        [[[1.0], [1.0], [2.0], [2.0]]]
    """

    def __init__(self, size: Any = 2, **kwargs: Unpack[LayerArguments]):
        check_count(size, "size", "UpSampling1D")
        super().__init__(1, size, "channels_last", **kwargs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size[0]}


@public("layers.UpSampling2D")
class UpSampling2D(BaseUpSampling):
    """Rows and columns repeated.

    Args:
        size: how often, an int or one for rows and one for columns.
        data_format: "channels_last", "channels_first" or None for the default.
        interpolation: "nearest", which repeats, "bilinear", "bicubic", "lanczos3" or "lanczos5", as in `ops.image.resize`.

    Input `(batch, height, width, channels)`, output `(batch, height * size[0], width * size[1], channels)`.
    Raises ValueError for another interpolation.
    Example:
        >>> layers.UpSampling2D(2)(ops.ones((2, 4, 4, 3))).shape
        (2, 8, 8, 3)
    """

    def __init__(
        self,
        size: Any = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(2, size, data_format, **kwargs)
        check_one_of(interpolation, INTERPOLATIONS, "interpolation", f'UpSampling2D "{self.name}"')
        self.interpolation = interpolation

    def call(self, inputs: TensorLike) -> Any:
        if self.interpolation == "nearest":
            return super().call(inputs)
        first = 1 if self.data_format == "channels_last" else 2
        size = tuple(inputs.shape[first + i] * n for i, n in enumerate(self.size))
        return ops.image.resize(inputs, size, interpolation=self.interpolation, data_format=self.data_format)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "size": self.size,
            "data_format": self.data_format,
            "interpolation": self.interpolation,
        }


@public("layers.UpSampling3D")
class UpSampling3D(BaseUpSampling):
    """Slices, rows and columns repeated.

    Args:
        size: how often, an int or one for each axis.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, depth, height, width, channels)`, output of the same rank.
    Example:
        >>> layers.UpSampling3D(2)(ops.ones((1, 2, 2, 2, 3))).shape
        (1, 4, 4, 4, 3)
    """

    def __init__(self, size: Any = (2, 2, 2), data_format: str | None = None, **kwargs: Unpack[LayerArguments]):
        super().__init__(3, size, data_format, **kwargs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size, "data_format": self.data_format}
