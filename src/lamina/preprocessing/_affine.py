"""Images turned, shifted, sheared and zoomed: an affine map of places, and the values between pixels."""

import functools
from typing import Any

import numpy as np

from lamina._checks import check_one_of
from lamina._public import public

FILL_MODES = ("constant", "nearest", "reflect", "wrap")


@public("preprocessing.image.apply_affine_transform")
def apply_affine_transform(
    x: Any, theta: float = 0, tx: float = 0, ty: float = 0, shear: float = 0, zx: float = 1, zy: float = 1,
    row_axis: int = 1, col_axis: int = 2, channel_axis: int = 0, fill_mode: str = "nearest", cval: float = 0.0,
    order: int = 1,
) -> np.ndarray:  # fmt: skip
    """One image, turned about its middle, shifted, sheared and zoomed.

    The new pixel at place p takes the value at `R · T · S · Z · p`, p counted from the middle, where R turns, T shifts, S
    shears and Z zooms. Where height and width differ, the middle is off as it is in Keras, which exchanges them there.

    Args:
        x: one image, three axes.
        theta: angle in degrees.
        tx, ty: shift along rows and columns, in pixels.
        shear: angle in degrees.
        zx, zy: zoom along rows and columns; 2 shows twice as much.
        row_axis, col_axis, channel_axis: which axis is which; the channels are the first or the last.
        fill_mode: what lies outside: "constant" (`cval`), "nearest", "reflect" or "wrap".
        cval: number for "constant".
        order: 0 takes the nearest pixel, 1 is linear between four; higher ones are splines and need SciPy.
    Returns: image of the shape and dtype of x.
    Raises ValueError for another number of axes, axes that are not 0, 1 and 2, or an unknown fill mode.
    """
    where = "apply_affine_transform"
    check_one_of(fill_mode, FILL_MODES, "fill_mode", where)
    x = np.asarray(x)
    if x.ndim != 3:
        raise ValueError(f"{where}: x must be one image of three axes; got shape {x.shape}.")
    if sorted((row_axis, col_axis, channel_axis)) != [0, 1, 2] or channel_axis == 1:
        raise ValueError(
            f"{where}: row_axis, col_axis and channel_axis must be 0, 1 and 2, the channels first or last; got {row_axis}, "
            f"{col_axis} and {channel_axis}."
        )
    parts = _parts(theta, tx, ty, shear, zx, zy)
    if not parts:
        return x
    matrix = _about_the_middle(functools.reduce(np.matmul, parts), x.shape[row_axis], x.shape[col_axis])
    if row_axis < col_axis:  # from (x, y) to (row, column)
        matrix = matrix[np.ix_([1, 0, 2], [1, 0, 2])]
    return np.moveaxis(_moved(np.moveaxis(x, channel_axis, 0), matrix, order, fill_mode, cval), 0, channel_axis)


def _parts(theta: float, tx: float, ty: float, shear: float, zx: float, zy: float) -> list[np.ndarray]:
    """The matrices of what is asked for, of places (x, y, 1)."""
    parts = []
    if theta:
        c, s = np.cos(np.deg2rad(theta)), np.sin(np.deg2rad(theta))
        parts.append(np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]))
    if tx or ty:
        parts.append(np.array([[1, 0, tx], [0, 1, ty], [0, 0, 1.0]]))
    if shear:
        angle = np.deg2rad(shear)
        parts.append(np.array([[1, -np.sin(angle), 0], [0, np.cos(angle), 0], [0, 0, 1]]))
    if zx != 1 or zy != 1:
        parts.append(np.diag([zx, zy, 1.0]))
    return parts


def _about_the_middle(matrix: np.ndarray, height: int, width: int) -> np.ndarray:
    there, back = np.eye(3), np.eye(3)
    there[:2, 2] = height / 2 - 0.5, width / 2 - 0.5
    back[:2, 2] = -there[:2, 2]
    return there @ matrix @ back


def _moved(planes: np.ndarray, matrix: np.ndarray, order: int, fill_mode: str, cval: float) -> np.ndarray:
    """Planes `(channels, rows, columns)` whose pixel at p takes the value at `matrix · p`."""
    if order > 1:
        return _by_splines(planes, matrix, order, fill_mode, cval)
    places = np.indices(planes.shape[1:]).reshape(2, -1)
    at = matrix[:2, :2] @ places + matrix[:2, 2:]
    return sampled(planes, at, order, fill_mode, cval).reshape(planes.shape).astype(planes.dtype)


def _by_splines(planes: np.ndarray, matrix: np.ndarray, order: int, fill_mode: str, cval: float) -> np.ndarray:
    try:
        from scipy import ndimage
    except ImportError as error:
        raise ImportError(
            f"interpolation_order={order} needs SciPy: pip install scipy. Orders 0 and 1 do not."
        ) from error
    return np.stack(
        [
            ndimage.affine_transform(plane, matrix[:2, :2], matrix[:2, 2], order=order, mode=fill_mode, cval=cval)
            for plane in planes
        ]
    )


def sampled(planes: np.ndarray, at: np.ndarray, order: int, fill_mode: str, cval: float) -> np.ndarray:
    """The values at places between pixels.

    Args:
        planes: `(channels, rows, columns)`.
        at: rows and columns `(2, places)`, floats.
        order: 0 for the nearest pixel, 1 for linear interpolation.
        fill_mode, cval: what lies outside.
    Returns: float64 `(channels, places)`.
    """
    sizes = planes.shape[1:]
    if fill_mode == "wrap":
        at = np.stack([_wrapped(p, n) for p, n in zip(at, sizes)])
    if order == 0:
        rows, columns = (_inside(np.floor(p + 0.5).astype(int), n, fill_mode) for p, n in zip(at, sizes))
        values = planes[:, rows, columns].astype("float64")
    else:
        values = _linear(planes.astype("float64"), at, fill_mode)
    if fill_mode == "constant":
        outside = np.any([(p < 0) | (p > n - 1) for p, n in zip(at, sizes)], axis=0)
        values[:, outside] = cval
    return values


def _linear(planes: np.ndarray, at: np.ndarray, fill_mode: str) -> np.ndarray:
    low = np.floor(at).astype(int)
    y, x = at - low
    (top, bottom), (left, right) = (
        [_inside(corner, n, fill_mode) for corner in (near, near + 1)] for near, n in zip(low, planes.shape[1:])
    )
    upper = planes[:, top, left] * (1 - x) + planes[:, top, right] * x
    lower = planes[:, bottom, left] * (1 - x) + planes[:, bottom, right] * x
    return upper * (1 - y) + lower * y


def _inside(places: np.ndarray, size: int, fill_mode: str) -> np.ndarray:
    """Whole places brought into 0 ... size - 1."""
    if fill_mode == "reflect":  # ... 1 0 | 0 1 2 | 2 1 ...
        places = np.mod(places, 2 * size)
        return np.where(places < size, places, 2 * size - 1 - places)
    return np.clip(places, 0, size - 1)


def _wrapped(places: np.ndarray, size: int) -> np.ndarray:
    """Places outside moved by whole periods of size - 1: SciPy's "wrap" lets the first and the last pixel coincide."""
    period = size - 1
    if period < 1:
        return np.zeros_like(places)
    below = places + period * (np.trunc(-places / period) + 1)
    above = places - period * np.trunc(places / period)
    return np.where(places < 0, below, np.where(places > period, above, places))
