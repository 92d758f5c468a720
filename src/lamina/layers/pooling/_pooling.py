"""Pooling layers: the largest entry or the mean of each window."""

from collections.abc import Callable, Sequence
from typing import Any

from lamina import _settings, ops
from lamina._checks import check_one_of
from lamina._public import public
from lamina._typing import TensorLike
from lamina.ops._layout import sizes_of

from .._base._input_spec import InputSpec
from .._base._layer import Layer


class BasePooling(Layer):
    """Pooling over `rank` spatial axes. Subclasses say with which op (`pool`)."""

    pool: Any = None

    def __init__(
        self,
        rank: int,
        pool_size: int | Sequence[int],
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(name=name, **kwargs)
        where = f'{type(self).__name__} "{self.name}"'
        self.rank = rank
        self.pool_size: Any = sizes_of(pool_size, rank, "pool_size", where)
        self.strides: Any = self.pool_size if strides is None else sizes_of(strides, rank, "strides", where)
        check_one_of(str(padding).lower(), ("valid", "same"), "padding", where)
        self.padding: str = str(padding).lower()
        self.data_format: str = _settings.standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=rank + 2)
        self._build_at_init()

    def call(self, inputs: TensorLike) -> Any:
        return type(self).pool(inputs, self.pool_size, self.strides, self.padding, self.data_format)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "padding": self.padding,
            "strides": self.strides,
            "data_format": self.data_format,
        }


@public("layers.MaxPooling1D", "layers.MaxPool1D")
class MaxPooling1D(BasePooling):
    """The largest entry of each window.

    Args:
        pool_size: size of the window, an int.
        strides: step from window to window; None for `pool_size`.
        padding: "valid" or "same", whose padding never wins.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, steps, features)`, output of the same rank.
    Example:
        >>> layers.MaxPooling1D(2)(ops.array([[[1.0], [3.0], [2.0], [0.0]]])).tolist()
        [[[3.0], [2.0]]]
    """

    pool: Callable[..., Any] = staticmethod(ops.max_pool)

    def __init__(
        self,
        pool_size: int | Sequence[int] = 2,
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(1, pool_size, strides, padding, data_format, name, **kwargs)


@public("layers.MaxPooling2D", "layers.MaxPool2D")
class MaxPooling2D(BasePooling):
    """The largest entry of each window.

    Args:
        pool_size: size of the window, an int or one for each axis.
        strides: step from window to window; None for `pool_size`.
        padding: "valid" or "same", whose padding never wins.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)`, output of the same rank.
    Example:
        >>> layers.MaxPooling2D(2)(ops.ones((2, 8, 8, 3))).shape
        (2, 4, 4, 3)
    """

    pool: Callable[..., Any] = staticmethod(ops.max_pool)

    def __init__(
        self,
        pool_size: int | Sequence[int] = (2, 2),
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(2, pool_size, strides, padding, data_format, name, **kwargs)


@public("layers.MaxPooling3D", "layers.MaxPool3D")
class MaxPooling3D(BasePooling):
    """The largest entry of each window.

    Args:
        pool_size: size of the window, an int or one for each axis.
        strides: step from window to window; None for `pool_size`.
        padding: "valid" or "same", whose padding never wins.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, depth, height, width, channels)`, output of the same rank.
    Example:
        >>> layers.MaxPooling3D(2)(ops.ones((1, 4, 4, 4, 3))).shape
        (1, 2, 2, 2, 3)
    """

    pool: Callable[..., Any] = staticmethod(ops.max_pool)

    def __init__(
        self,
        pool_size: int | Sequence[int] = (2, 2, 2),
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(3, pool_size, strides, padding, data_format, name, **kwargs)


@public("layers.AveragePooling1D", "layers.AvgPool1D")
class AveragePooling1D(BasePooling):
    """The mean of each window.

    Args:
        pool_size: size of the window, an int.
        strides: step from window to window; None for `pool_size`.
        padding: "valid" or "same", whose padding does not count.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, steps, features)`, output of the same rank.
    Example:
        >>> layers.AveragePooling1D(2)(ops.array([[[1.0], [3.0], [2.0], [0.0]]])).tolist()
        [[[2.0], [1.0]]]
    """

    pool: Callable[..., Any] = staticmethod(ops.average_pool)

    def __init__(
        self,
        pool_size: int | Sequence[int],
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(1, pool_size, strides, padding, data_format, name, **kwargs)


@public("layers.AveragePooling2D", "layers.AvgPool2D")
class AveragePooling2D(BasePooling):
    """The mean of each window.

    Args:
        pool_size: size of the window, an int or one for each axis.
        strides: step from window to window; None for `pool_size`.
        padding: "valid" or "same", whose padding does not count.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)`, output of the same rank.
    Example:
        >>> layers.AveragePooling2D(2)(ops.ones((2, 8, 8, 3))).shape
        (2, 4, 4, 3)
    """

    pool: Callable[..., Any] = staticmethod(ops.average_pool)

    def __init__(
        self,
        pool_size: int | Sequence[int],
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(2, pool_size, strides, padding, data_format, name, **kwargs)


@public("layers.AveragePooling3D", "layers.AvgPool3D")
class AveragePooling3D(BasePooling):
    """The mean of each window.

    Args:
        pool_size: size of the window, an int or one for each axis.
        strides: step from window to window; None for `pool_size`.
        padding: "valid" or "same", whose padding does not count.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, depth, height, width, channels)`, output of the same rank.
    Example:
        >>> layers.AveragePooling3D(2)(ops.ones((1, 4, 4, 4, 3))).shape
        (1, 2, 2, 2, 3)
    """

    pool: Callable[..., Any] = staticmethod(ops.average_pool)

    def __init__(
        self,
        pool_size: int | Sequence[int],
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(3, pool_size, strides, padding, data_format, name, **kwargs)
