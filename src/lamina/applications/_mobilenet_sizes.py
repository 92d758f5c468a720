"""Which sizes of image and which widths there are MobileNets with trained weights for."""

import warnings
from typing import Any

from lamina import _settings
from lamina.ops._symbolic import KerasTensor

from ._application import Wishes

USUAL_SIZE = 224


def sides_of(shape: Any) -> list[Any]:
    """Height and width in a shape without the batch."""
    return list(shape[1:3] if _settings.image_data_format() == "channels_first" else shape[:2])


def size_wished(wishes: Wishes, sizes: tuple[int, ...]) -> int:
    """The side of the image that was asked for if there are weights for it, else the usual one."""
    height, width = _sides_wished(wishes)
    return height if height == width and height in sizes else USUAL_SIZE


def size_of_weights(wishes: Wishes, sizes: tuple[int, ...], where: str) -> int:
    """The size whose weights are taken. Warns if it is not that of the images."""
    size = size_wished(wishes, sizes)
    if _sides_wished(wishes) != [size, size]:
        warnings.warn(
            f"{where}: the images are not square or not of a size that there are weights of ImageNet for "
            f"({', '.join(map(str, sizes))}); those for {size} x {size} are taken.",
            stacklevel=3,
        )
    return size


def _sides_wished(wishes: Wishes) -> list[Any]:
    shape = wishes.input_shape
    if shape is None and isinstance(wishes.input_tensor, KerasTensor):
        shape = wishes.input_tensor.shape[1:]
    if isinstance(shape, (tuple, list)) and len(shape) == 3:
        return sides_of(shape)
    return [USUAL_SIZE if wishes.include_top else None] * 2


def check_width(alpha: float, widths: tuple[float, ...], where: str) -> None:
    """Raises ValueError unless there are weights of ImageNet for that width."""
    if alpha not in widths:
        raise ValueError(
            f"{where}: there are weights of ImageNet for alpha {', '.join(map(str, widths))} only; got alpha={alpha!r}."
        )
