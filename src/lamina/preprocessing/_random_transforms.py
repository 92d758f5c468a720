"""Random changes of one image, drawn from NumPy's global generator as in Keras."""

from typing import Any

import numpy as np

from lamina._extras import pillow
from lamina._public import public
from lamina.utils import array_to_img, img_to_array

from ._affine import apply_affine_transform


def _axes(row_axis: int, col_axis: int, channel_axis: int, fill_mode: str, cval: float, order: int) -> dict[str, Any]:
    return dict(
        row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis, fill_mode=fill_mode, cval=cval, order=order
    )  # fmt: skip


@public("preprocessing.image.random_rotation")
def random_rotation(
    x: Any, rg: float, row_axis: int = 1, col_axis: int = 2, channel_axis: int = 0, fill_mode: str = "nearest",
    cval: float = 0.0, interpolation_order: int = 1,
) -> np.ndarray:  # fmt: skip
    """One image turned by up to `rg` degrees; the rest as in `apply_affine_transform`."""
    theta = np.random.uniform(-rg, rg)
    return apply_affine_transform(
        x, theta=theta, **_axes(row_axis, col_axis, channel_axis, fill_mode, cval, interpolation_order)
    )


@public("preprocessing.image.random_shift")
def random_shift(
    x: Any, wrg: float, hrg: float, row_axis: int = 1, col_axis: int = 2, channel_axis: int = 0,
    fill_mode: str = "nearest", cval: float = 0.0, interpolation_order: int = 1,
) -> np.ndarray:  # fmt: skip
    """One image shifted by up to the fractions `wrg` of its width and `hrg` of its height."""
    tx = np.random.uniform(-hrg, hrg) * x.shape[row_axis]
    ty = np.random.uniform(-wrg, wrg) * x.shape[col_axis]
    return apply_affine_transform(
        x, tx=tx, ty=ty, **_axes(row_axis, col_axis, channel_axis, fill_mode, cval, interpolation_order)
    )


@public("preprocessing.image.random_shear")
def random_shear(
    x: Any, intensity: float, row_axis: int = 1, col_axis: int = 2, channel_axis: int = 0, fill_mode: str = "nearest",
    cval: float = 0.0, interpolation_order: int = 1,
) -> np.ndarray:  # fmt: skip
    """One image sheared by up to `intensity` degrees."""
    shear = np.random.uniform(-intensity, intensity)
    return apply_affine_transform(
        x, shear=shear, **_axes(row_axis, col_axis, channel_axis, fill_mode, cval, interpolation_order)
    )


@public("preprocessing.image.random_zoom")
def random_zoom(
    x: Any, zoom_range: Any, row_axis: int = 1, col_axis: int = 2, channel_axis: int = 0, fill_mode: str = "nearest",
    cval: float = 0.0, interpolation_order: int = 1,
) -> np.ndarray:  # fmt: skip
    """One image zoomed along rows and columns by two factors between those of `zoom_range`. ValueError unless it has two."""
    if len(zoom_range) != 2:
        raise ValueError(f"random_zoom: zoom_range must be two numbers; got {zoom_range!r}.")
    zx, zy = (1, 1) if tuple(zoom_range) == (1, 1) else np.random.uniform(zoom_range[0], zoom_range[1], 2)
    return apply_affine_transform(
        x, zx=zx, zy=zy, **_axes(row_axis, col_axis, channel_axis, fill_mode, cval, interpolation_order)
    )


@public("preprocessing.image.apply_channel_shift")
def apply_channel_shift(x: Any, intensity: float, channel_axis: int = 0) -> np.ndarray:
    """One image with `intensity` added, kept between its smallest and its largest value."""
    return np.clip(x + np.asarray(intensity, np.asarray(x).dtype), np.min(x), np.max(x))


@public("preprocessing.image.random_channel_shift")
def random_channel_shift(x: Any, intensity_range: float, channel_axis: int = 0) -> np.ndarray:
    """`apply_channel_shift` by up to `intensity_range`."""
    return apply_channel_shift(x, np.random.uniform(-intensity_range, intensity_range), channel_axis)


@public("preprocessing.image.apply_brightness_shift")
def apply_brightness_shift(x: Any, brightness: float, scale: bool = True) -> np.ndarray:
    """One image `(height, width, channels)` darker (below 1) or brighter, by Pillow (extra `image`).

    Args:
        x: values 0 ... 255; others are spread over that range first, and brought back unless `scale`.
        brightness: factor.
        scale: whether values are spread over 0 ... 255 in any case.
    """
    enhance = pillow("apply_brightness_shift", "ImageEnhance")
    low, high = np.min(x), np.max(x)
    is_outside = bool(low < 0 or high > 255)
    found = img_to_array(enhance.Brightness(array_to_img(x, scale=is_outside or scale)).enhance(brightness))
    return found if scale or not is_outside else found / 255 * (high - low) + low


@public("preprocessing.image.random_brightness")
def random_brightness(x: Any, brightness_range: Any, scale: bool = True) -> np.ndarray:
    """`apply_brightness_shift` by a factor between the two of `brightness_range`. Raises ValueError unless it has two."""
    if len(brightness_range) != 2:
        raise ValueError(f"random_brightness: brightness_range must be two numbers; got {brightness_range!r}.")
    return apply_brightness_shift(x, np.random.uniform(brightness_range[0], brightness_range[1]), scale)
