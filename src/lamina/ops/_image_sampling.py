"""Arrays and images read at places between their pixels."""

import itertools
import math
from typing import Any

import numpy as np

from lamina._checks import check_one_of
from lamina._typing import Tensor, TensorLike

from ._backend import kernels, xp
from ._convert import tensor, to
from ._decompositions import solve
from ._dtypes import dtype_name
from ._image_layout import FILL_MODES, as_batch, check_sampling, finished, working
from ._op import op


def _inside(place: Any, size: int, mode: str) -> Any:
    """Whole places along an axis brought into 0 ... size - 1."""
    if mode == "wrap":
        return place - xp.floor(place / size) * size
    if mode == "mirror":
        round_trip = max(2 * (size - 1), 1)
        place = place - xp.floor(place / round_trip) * round_trip
        place = xp.minimum(place, round_trip - place)
    elif mode == "reflect":
        place = place - xp.floor(place / (2 * size)) * (2 * size)
        place = xp.minimum(place, 2 * size - 1 - place)
    return xp.clip(place, 0, size - 1)


def _ends(place: Any, order: int) -> list[tuple[Any, Any]]:
    """The pixels along an axis that have a part in a place, and their parts (None: all of it)."""
    if order == 0:
        return [(xp.where(place < 0, -xp.floor(0.5 - place), xp.floor(place + 0.5)), None)]
    low = xp.floor(place)
    return [(low, 1 - (place - low)), (low + 1, place - low)]


def sampled(rows: Any, sizes: Any, places: Any, order: int, fill_mode: str, fill_value: Any, base: Any = None) -> Any:
    """The weighted sums of the pixels around each place.

    Args:
        rows: `(pixels, channels)`, floating: the array's leading axes, of `sizes`, laid flat; `base` is added to the number
            of a pixel, for a batch of arrays.
        places: one float tensor for each size.

    Returns: `(*places, channels)`.
    """
    total: Any = None
    for corner in itertools.product(*(_ends(p, order) for p in places)):
        index, weight, known = base, None, None
        for axis, ((place, part), size) in enumerate(zip(corner, sizes)):
            step = to(_inside(place, size, fill_mode), "int32") * math.prod(sizes[axis + 1 :])
            index = step if index is None else index + step
            if part is not None:
                weight = part if weight is None else weight * part
            if fill_mode == "constant":
                within = xp.logical_and(place >= 0, place <= size - 1)
                known = within if known is None else xp.logical_and(known, within)
        values = kernels.take_rows(rows, index)
        if known is not None:
            values = xp.where(xp.expand_dims(known, -1), values, to(tensor(fill_value), dtype_name(rows)))
        if weight is not None:
            values = values * to(xp.expand_dims(weight, -1), dtype_name(rows))
        total = values if total is None else total + values
    return total


def sample_images(images: Any, ys: Any, xs: Any, interpolation: str, fill_mode: str, fill_value: Any) -> Any:
    """Images `(batch, height, width, channels)` read at ys, xs `(batch, rows, columns)`, in their dtype."""
    batch, height, width, channels = images.shape
    rows = xp.reshape(working(images), (batch * height * width, channels))
    base = (np.arange(batch, dtype=np.int32) * (height * width)).reshape(batch, 1, 1)
    order = int(interpolation == "bilinear")
    out = sampled(rows, (height, width), (ys, xs), order, fill_mode, fill_value, tensor(base))
    return finished(out, dtype_name(images))


@op("image", tensors="inputs coordinates")
def map_coordinates(
    inputs: TensorLike, coordinates: TensorLike, order: int, fill_mode: str = "constant", fill_value: TensorLike = 0
) -> Tensor:
    """An array read at places between its entries.

    Args:
        inputs: `(...)` of rank n.
        coordinates: `(n, ...)`: for each axis the places, counted in entries.
        order: 0 takes the nearest entry, 1 interpolates linearly.
        fill_mode: what lies beyond the edges of a row a b c d: "constant" `fill_value`, "nearest" a a|a b c d|d d, "wrap"
            c d|a b c d|a b, "mirror" c b|a b c d|c b, "reflect" b a|a b c d|d c.
        fill_value: number.

    Returns: `coordinates.shape[1:]`, dtype of `inputs`; integers are rounded. Raises ValueError for other shapes and names.

    Example:
        >>> ops.image.map_coordinates([0.0, 10.0, 20.0], [[0.5, 1.75]], order=1)
        Tensor([ 5. , 17.5], dtype=float32)
    """
    check_one_of(order, (0, 1), "order", "map_coordinates")
    check_one_of(fill_mode, FILL_MODES, "fill_mode", "map_coordinates")
    inputs, coordinates = tensor(inputs), working(tensor(coordinates))
    if coordinates.ndim < 2 or coordinates.shape[0] != inputs.ndim:
        raise ValueError(
            f"map_coordinates: coordinates must be (rank of inputs, ...), of rank 2 or more; got shape "
            f"{tuple(coordinates.shape)} for inputs of shape {tuple(inputs.shape)}."
        )
    rows = xp.reshape(working(inputs), (-1, 1))
    places = [coordinates[i] for i in range(inputs.ndim)]
    out = sampled(rows, tuple(inputs.shape), places, order, fill_mode, fill_value)
    return finished(xp.squeeze(out, -1), dtype_name(inputs))


def _grid(height: int, width: int) -> tuple[Any, Any]:
    ys, xs = np.mgrid[:height, :width].astype(np.float32)
    return tensor(ys), tensor(xs)


def _projected(images: Any, transform: Any, interpolation: str, fill_mode: str, fill_value: Any) -> Any:
    """Images read where each transform `(batch or 1, 8)` of a plane sends their pixels."""
    batch, height, width, _ = images.shape
    ys, xs = _grid(height, width)
    a0, a1, a2, b0, b1, b2, c0, c1 = (xp.reshape(transform[:, i], (-1, 1, 1)) for i in range(8))
    k = c0 * xs + c1 * ys + 1.0
    old_x, old_y = (a0 * xs + a1 * ys + a2) / k, (b0 * xs + b1 * ys + b2) / k
    old_x, old_y = (xp.broadcast_to(p, (batch, height, width)) for p in (old_x, old_y))
    return sample_images(images, old_y, old_x, interpolation, fill_mode, fill_value)


@op("image", tensors="images transform")
def affine_transform(
    images: TensorLike,
    transform: TensorLike,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: TensorLike = 0,
    data_format: str | None = None,
) -> Tensor:
    """Images moved, turned, stretched and sheared.

    The pixel at (x, y) of the output is read at (a0 x + a1 y + a2, b0 x + b1 y + b2) of the input.

    Args:
        images: `(batch, height, width, channels)` or one image without the batch, channels first by `data_format`.
        transform: `(8,)` or `(batch, 8)`: a0, a1, a2, b0, b1, b2 and two numbers that count as zero.
        interpolation: "nearest" or "bilinear".
        fill_mode, fill_value: as for `map_coordinates`.
        data_format: "channels_last", "channels_first" or None for the default.

    Returns: as `images`. Raises ValueError for other shapes and names.

    Example:
        >>> right = [1.0, 0, -1, 0, 1, 0, 0, 0]  # one pixel to the right
        >>> ops.reshape(ops.image.affine_transform([[[1.0], [2.0], [3.0]]], right), (3,))
        Tensor([0., 1., 2.], dtype=float32)
    """
    check_sampling(interpolation, fill_mode, "affine_transform")
    x, back = as_batch(images, data_format, "affine_transform")
    transform = to(tensor(transform), "float32")
    if transform.ndim not in (1, 2) or transform.shape[-1] != 8:
        raise ValueError(f"affine_transform: transform must be (8,) or (batch, 8); got {tuple(transform.shape)}.")
    transform = xp.reshape(transform, (-1, 8)) * tensor(np.array([1, 1, 1, 1, 1, 1, 0, 0], "float32"))
    return back(_projected(x, transform, interpolation, fill_mode, fill_value))


def homography(start: Any, end: Any) -> Any:
    """The eight numbers of the projection that sends the four end points to the start points, `(batch, 8)`."""
    rows = []
    for axis in range(2):
        x, y, to_ = end[..., 0], end[..., 1], start[..., axis]
        one, none = xp.ones_like(x), xp.zeros_like(x)
        plane = [x, y, one, none, none, none] if axis == 0 else [none, none, none, x, y, one]
        rows.append(xp.stack([*plane, -to_ * x, -to_ * y], axis=-1))
    target = xp.concatenate([start[..., 0], start[..., 1]], axis=-1)
    return xp.squeeze(solve(xp.concatenate(rows, axis=1), xp.expand_dims(target, -1)), -1)


@op("image", tensors="images start_points end_points")
def perspective_transform(
    images: TensorLike,
    start_points: TensorLike,
    end_points: TensorLike,
    interpolation: str = "bilinear",
    fill_value: TensorLike = 0,
    data_format: str | None = None,
) -> Tensor:
    """Images as seen from elsewhere: four points of the input come to lie on four points of the output.

    Args:
        images: `(batch, height, width, channels)` or one image without the batch, channels first by `data_format`.
        start_points, end_points: `(4, 2)` or `(batch, 4, 2)`, (x, y) in pixels.
        interpolation: "nearest" or "bilinear".
        fill_value: number for what lies outside the input.
        data_format: "channels_last", "channels_first" or None for the default.

    Returns: as `images`. Raises ValueError for other shapes and names, and for points on one line.
    """
    where = "perspective_transform"
    check_sampling(interpolation, "constant", where)
    x, back = as_batch(images, data_format, where)
    start, end = (to(tensor(p), "float32") for p in (start_points, end_points))
    for name, points in (("start_points", start), ("end_points", end)):
        if points.ndim not in (2, 3) or tuple(points.shape[-2:]) != (4, 2):
            raise ValueError(f"{where}: {name} must be (4, 2) or (batch, 4, 2); got shape {tuple(points.shape)}.")
    if tuple(start.shape) != tuple(end.shape):
        raise ValueError(
            f"{where}: start_points and end_points must have one shape; got {tuple(start.shape)} and {tuple(end.shape)}."
        )
    transform = homography(xp.reshape(start, (-1, 4, 2)), xp.reshape(end, (-1, 4, 2)))
    return back(_projected(x, transform, interpolation, "constant", fill_value))
