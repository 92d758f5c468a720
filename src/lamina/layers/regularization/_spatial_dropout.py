from typing import Any

from lamina import _settings, ops
from lamina._public import public
from lamina._typing import DType

from .._base._input_spec import InputSpec
from ._dropout import Dropout


class SpatialDropout(Dropout):
    """The base of the layers that drop whole feature maps."""

    rank = 1

    def __init__(
        self,
        rate: Any,
        seed: Any = None,
        name: str | None = None,
        dtype: DType = None,
        **kwargs: Any,
    ):
        super().__init__(rate, seed=seed, name=name, dtype=dtype, **kwargs)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _noise_shape(self, inputs: Any) -> tuple[Any, ...]:
        shape = ops.shape(inputs)
        ones = (1,) * self.rank
        if getattr(self, "data_format", "channels_last") == "channels_first":
            return (shape[0], shape[1], *ones)
        return (shape[0], *ones, shape[-1])

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        # Keras's layer of this name takes no more.
        del config["noise_shape"], config["trainable"]
        return config


@public("layers.SpatialDropout1D")
class SpatialDropout1D(SpatialDropout):
    """Dropout of whole features over all steps.

    Args:
        rate: fraction that is dropped.
        seed: int or None.

    Input and output `(batch, steps, features)`.

    Example:
        >>> layers.SpatialDropout1D(0.5)(ops.ones((2, 4, 3))).shape
        (2, 4, 3)

    Reference: Tompson et al., Efficient Object Localization Using Convolutional Networks, 2014, arXiv:1411.4280
    """


class _ImageDropout(SpatialDropout):
    def __init__(
        self,
        rate: Any,
        data_format: str | None = None,
        seed: Any = None,
        name: str | None = None,
        dtype: DType = None,
        **kwargs: Any,
    ):
        super().__init__(rate, seed=seed, name=name, dtype=dtype, **kwargs)
        self.data_format: str = _settings.standardize_data_format(data_format)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "data_format": self.data_format}


@public("layers.SpatialDropout2D")
class SpatialDropout2D(_ImageDropout):
    """Dropout of whole channels of images.

    Args:
        rate: fraction that is dropped.
        data_format: "channels_last" or "channels_first".
        seed: int or None.

    Input and output `(batch, height, width, channels)`, or channels first.
    Example:
        >>> layers.SpatialDropout2D(0.5)(ops.ones((2, 4, 4, 3))).shape
        (2, 4, 4, 3)
    """

    rank = 2


@public("layers.SpatialDropout3D")
class SpatialDropout3D(_ImageDropout):
    """Dropout of whole channels of volumes; as SpatialDropout2D, with one more axis.

    Args:
        rate: fraction that is dropped.
        data_format: "channels_last" or "channels_first".
        seed: int or None.

    Input `(batch, depth, height, width, channels)`, output of the same shape.

    Example:
        >>> layers.SpatialDropout3D(0.5)(ops.ones((2, 4, 4, 4, 3))).shape
        (2, 4, 4, 4, 3)
    """

    rank = 3
