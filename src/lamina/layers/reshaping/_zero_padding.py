"""Layers that put zeros around."""

from typing import Any, Unpack

from lamina import _settings, ops
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from .._base._input_spec import InputSpec
from .._base._layer import Layer
from ._pairs import pairs_of


class BaseZeroPadding(Layer):
    """Zeros around `rank` spatial axes."""

    def __init__(self, rank: int, padding: Any, data_format: str | None = None, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.rank = rank
        self.padding: Any = pairs_of(padding, rank, "padding", f'{type(self).__name__} "{self.name}"')
        self.data_format: str = _settings.standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=rank + 2)
        self._build_at_init()

    def call(self, inputs: TensorLike) -> Any:
        widths = (
            [(0, 0), *self.padding, (0, 0)] if self.data_format == "channels_last" else [(0, 0), (0, 0), *self.padding]
        )
        return ops.pad(inputs, widths)

    def get_config(self) -> dict[str, Any]:
        config = {**super().get_config(), "padding": self.padding[0] if self.rank == 1 else self.padding}
        return config if self.rank == 1 and not self._has_layout else {**config, "data_format": self.data_format}


@public("layers.ZeroPadding1D")
class ZeroPadding1D(BaseZeroPadding):
    """Zeros before and after.

    Args:
        padding: an int for both ends, or a pair (before, after).
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, steps, features)`, output of the same rank.
    Example:
        >>> layers.ZeroPadding1D(1)(ops.ones((1, 2, 1))).tolist()
        [[[0.0], [1.0], [1.0], [0.0]]]
    """

    _has_layout = True

    def __init__(self, padding: Any = 1, data_format: str | None = None, **kwargs: Unpack[LayerArguments]):
        super().__init__(1, padding, data_format, **kwargs)


@public("layers.ZeroPadding2D")
class ZeroPadding2D(BaseZeroPadding):
    """Zeros before and after.

    Args:
        padding: an int for all ends, one for each axis, or a pair (before, after) for each.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)`, output of the same rank.
    Example:
        >>> layers.ZeroPadding2D(((1, 0), (2, 1)))(ops.ones((2, 5, 6, 3))).shape
        (2, 6, 9, 3)
    """

    _has_layout = True

    def __init__(self, padding: Any = (1, 1), data_format: str | None = None, **kwargs: Unpack[LayerArguments]):
        super().__init__(2, padding, data_format, **kwargs)


@public("layers.ZeroPadding3D")
class ZeroPadding3D(BaseZeroPadding):
    """Zeros before and after.

    Args:
        padding: an int for all ends, one for each axis, or a pair (before, after) for each.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, depth, height, width, channels)`, output of the same rank.
    Example:
        >>> layers.ZeroPadding3D(1)(ops.ones((2, 5, 5, 5, 3))).shape
        (2, 7, 7, 7, 3)
    """

    _has_layout = True

    def __init__(self, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None, **kwargs: Any):
        super().__init__(3, padding, data_format, **kwargs)
