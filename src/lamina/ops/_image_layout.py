"""The common form in which functions of images compute: a batch, channels last."""

from collections.abc import Callable
from typing import Any

from lamina._checks import check_one_of

from ._backend import xp
from ._convert import saturate_cast, tensor, to
from ._dtypes import dtype_name, is_float_dtype
from ._layout import is_channels_first

SAMPLING = ("nearest", "bilinear")
FILL_MODES = ("constant", "nearest", "wrap", "mirror", "reflect")


def check_sampling(interpolation: str, fill_mode: str, where: str) -> None:
    check_one_of(interpolation, SAMPLING, "interpolation", where)
    check_one_of(fill_mode, FILL_MODES, "fill_mode", where)


def check_rank(images: Any, where: str) -> None:
    if images.ndim not in (3, 4):
        raise ValueError(
            f"{where}: images must be (height, width, channels), with or without a batch before; got shape "
            f"{tuple(images.shape)}."
        )


def channel_axis(images: Any, data_format: str | None) -> int:
    return images.ndim - 3 if is_channels_first(data_format) else images.ndim - 1


def as_batch(images: Any, data_format: str | None, where: str) -> tuple[Any, Callable[[Any], Any]]:
    """Images as `(batch, height, width, channels)`, and the function that gives images their form back.

    Raises ValueError for other ranks.
    """
    x = tensor(images)
    check_rank(x, where)
    return batched(x, 2, data_format)


def batched(x: Any, rank: int, data_format: str | None) -> tuple[Any, Callable[[Any], Any]]:
    """The same for images of two spatial axes, or volumes of three."""
    single, first = x.ndim == rank + 1, is_channels_first(data_format)
    x = xp.expand_dims(x, 0) if single else x

    def back(y: Any) -> Any:
        y = xp.moveaxis(y, -1, 1) if first else y
        return xp.squeeze(y, 0) if single else y

    return (xp.moveaxis(x, 1, -1) if first else x), back


def working(x: Any) -> Any:
    """Integers as float32; floats as they are."""
    return x if is_float_dtype(dtype_name(x)) else to(x, "float32")


def finished(x: Any, dtype: str) -> Any:
    """Floats in the dtype of the images: integers are rounded and kept within their range."""
    return to(x, dtype) if is_float_dtype(dtype) else saturate_cast(xp.round(x), dtype)
