"""Layers that cut off the ends."""

from typing import Any, Unpack

from lamina import _settings
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from .._base._input_spec import InputSpec
from .._base._layer import Layer
from ._pairs import pairs_of


class BaseCropping(Layer):
    """The ends of `rank` spatial axes cut off."""

    def __init__(self, rank: int, cropping: Any, data_format: str | None = None, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.rank = rank
        self.cropping: Any = pairs_of(cropping, rank, "cropping", f'{type(self).__name__} "{self.name}"')
        self.data_format: str = _settings.standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=rank + 2)
        self._build_at_init()

    def call(self, inputs: TensorLike) -> Any:
        first = 1 if self.data_format == "channels_last" else 2
        index = [slice(None)] * (self.rank + 2)
        for axis, (before, after) in enumerate(self.cropping, start=first):
            n = inputs.shape[axis]
            if before + after >= n:
                raise ValueError(
                    f'{type(self).__name__} "{self.name}": cropping={self.cropping} leaves nothing of shape '
                    f"{tuple(inputs.shape)}."
                )
            index[axis] = slice(before, n - after)
        return inputs[tuple(index)]

    def get_config(self) -> dict[str, Any]:
        config = {**super().get_config(), "cropping": self.cropping[0] if self.rank == 1 else self.cropping}
        return config if self.rank == 1 and not self._has_layout else {**config, "data_format": self.data_format}


@public("layers.Cropping1D")
class Cropping1D(BaseCropping):
    """The ends cut off.

    Args:
        cropping: an int for both ends, or a pair (before, after).

    Input `(batch, steps, features)`, output of the same rank.
    Example:
        >>> layers.Cropping1D(1)(ops.ones((2, 5, 3))).shape
        (2, 3, 3)
    """

    _has_layout = False

    def __init__(self, cropping: Any = (1, 1), **kwargs: Unpack[LayerArguments]):
        super().__init__(1, cropping, "channels_last", **kwargs)


@public("layers.Cropping2D")
class Cropping2D(BaseCropping):
    """The ends cut off.

    Args:
        cropping: an int for all ends, one for each axis, or a pair (before, after) for each.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)`, output of the same rank.
    Example:
        >>> layers.Cropping2D(((1, 0), (2, 1)))(ops.ones((2, 5, 6, 3))).shape
        (2, 4, 3, 3)
    """

    _has_layout = True

    def __init__(self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **kwargs: Any):
        super().__init__(2, cropping, data_format, **kwargs)


@public("layers.Cropping3D")
class Cropping3D(BaseCropping):
    """The ends cut off.

    Args:
        cropping: an int for all ends, one for each axis, or a pair (before, after) for each.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, depth, height, width, channels)`, output of the same rank.
    Example:
        >>> layers.Cropping3D(1)(ops.ones((2, 5, 5, 5, 3))).shape
        (2, 3, 3, 3, 3)
    """

    _has_layout = True

    def __init__(self, cropping: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None, **kwargs: Any):
        super().__init__(3, cropping, data_format, **kwargs)
