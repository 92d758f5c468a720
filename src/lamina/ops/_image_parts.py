"""Images with margins added or cut off, and their patches."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from lamina._public import public
from lamina._typing import Tensor, TensorLike

from ._backend import xp
from ._convert import tensor
from ._image_layout import as_batch, batched, check_rank
from ._layout import is_channels_first, padding_pairs, sizes_of
from ._op import op
from ._symbolic import KerasTensor


def _margins(where: str, names: Any, margins: Any, total: Any) -> tuple[int, int]:
    """Two of (margin before, margin after, target size) give the third, `before + after = total(target)`."""
    before, after, target = margins
    given = dict(zip(names, margins))
    text = ", ".join(f"{k}={v}" for k, v in given.items())
    if sum(v is None for v in given.values()) != 1:
        raise ValueError(f"{where}: exactly two of {', '.join(names)} must be given; got {text}.")
    if before is None:
        before = total(target) - after
    elif after is None:
        after = total(target) - before
    for name, value in zip(names, (before, after, target)):
        if value is not None and value < 0:
            raise ValueError(f"{where}: {name} must be zero or a positive int; got {value} ({text}).")
    return int(before), int(after)


def _both_margins(where: str, word: str, x: Any, rows: Any, columns: Any, sign: int) -> Any:
    height, width = x.shape[1:3]
    names = (f"top_{word}", f"bottom_{word}", "target_height"), (f"left_{word}", f"right_{word}", "target_width")
    return (
        _margins(where, names[0], rows, lambda target: sign * (target - height)),
        _margins(where, names[1], columns, lambda target: sign * (target - width)),
    )


def _margin_spec(word: str, sign: int) -> Any:
    """The rule for symbolic images, of which a side may be unknown."""

    def side(size: int | None, before: int | None, after: int | None, target: int | None) -> int | None:
        if target is not None or size is None:
            return target
        return size + sign * (before + after)  # type: ignore[operator]

    def spec(call: Any, images: Any, **config: Any) -> KerasTensor:
        check_rank(images, f"{word} of images")
        shape = list(images.shape)
        first = 0 if is_channels_first(config.get("data_format")) else 1
        sides = (("top", "bottom", "height"), ("left", "right", "width"))
        for axis, (before, after, side_name) in zip((len(shape) - 2 - first, len(shape) - 1 - first), sides):
            names = (f"{before}_{word}", f"{after}_{word}", f"target_{side_name}")
            given = [config.get(n) for n in names]
            size = shape[axis]
            if size is None and given[2] is None and sign < 0:
                raise ValueError(
                    f"{word} without {names[2]}= needs images of a known {side_name}; got shape {tuple(images.shape)}."
                )
            total = (lambda target, n=size: sign * (target - n)) if size is not None else (lambda target: 10**9)
            _margins(f"{word} of images", names, given, total)
            shape[axis] = side(size, *given)
        return KerasTensor(tuple(shape), images.dtype)

    return spec


@op("image", tensors="images", spec=_margin_spec("padding", 1))
def pad_images(
    images: TensorLike,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Images with zeros around them.

    Args:
        images: `(batch, height, width, channels)` or one image without the batch, channels first by `data_format`.
        top_padding, bottom_padding, target_height: two of the three: rows added above and below, and the new height.
        left_padding, right_padding, target_width: the same for columns.
        data_format: "channels_last", "channels_first" or None for the default.

    Returns: the larger images. Raises ValueError unless exactly two of three are given, none negative.

    Example:
        >>> ops.image.pad_images(ops.ones((15, 25, 3)), 2, 3, target_height=20, target_width=30).shape
        (20, 30, 3)
    """
    x, back = as_batch(images, data_format, "pad_images")
    rows, columns = (top_padding, bottom_padding, target_height), (left_padding, right_padding, target_width)
    pads = _both_margins("pad_images", "padding", x, rows, columns, 1)
    return back(xp.pad(x, ((0, 0), *pads, (0, 0)), mode="constant", constant_values=0))


@op("image", tensors="images", spec=_margin_spec("cropping", -1))
def crop_images(
    images: TensorLike,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Images without their margins.

    Args:
        images: `(batch, height, width, channels)` or one image without the batch, channels first by `data_format`.
        top_cropping, bottom_cropping, target_height: two of the three: rows cut off above and below, and the new height.
        left_cropping, right_cropping, target_width: the same for columns.
        data_format: "channels_last", "channels_first" or None for the default.

    Returns: the smaller images. Raises ValueError unless exactly two of three are given, none negative.

    Example:
        >>> ops.image.crop_images(ops.ones((15, 25, 3)), 2, 3, target_height=10, target_width=20).shape
        (10, 20, 3)
    """
    x, back = as_batch(images, data_format, "crop_images")
    rows, columns = (top_cropping, bottom_cropping, target_height), (left_cropping, right_cropping, target_width)
    (top, bottom), (left, right) = _both_margins("crop_images", "cropping", x, rows, columns, -1)
    return back(x[:, top : max(x.shape[1] - bottom, top), left : max(x.shape[2] - right, left)])


def _patches(x: Any, window: Any, strides: Any, dilation: Any, padding: str) -> Any:
    """`(batch, *positions, window · channels)`, channels fastest."""
    spatial = tuple(x.shape[1:-1])
    pairs = padding_pairs(padding, spatial, window, strides, dilation, "extract_patches")
    if any(a or b for a, b in pairs):
        x = xp.pad(x, ((0, 0), *pairs, (0, 0)), mode="constant", constant_values=0)
    counts = tuple(
        (n + a + b - d * (k - 1) - 1) // s + 1 for n, (a, b), k, d, s in zip(spatial, pairs, window, dilation, strides)
    )
    if any(n <= 0 for n in counts):
        raise ValueError(f"extract_patches: patches of {tuple(window)} do not fit into spatial sizes {spatial}.")
    for axis, (n, k, s, d) in enumerate(zip(counts, window, strides, dilation), start=1):
        x = _windows(x, axis, n, k, s, d)
    x = xp.reshape(x, (x.shape[0], *itertools.chain(*zip(counts, window)), x.shape[-1]))
    rank = len(counts)
    x = xp.transpose(x, (0, *range(1, 2 * rank, 2), *range(2, 2 * rank + 1, 2), 2 * rank + 1))
    return xp.reshape(x, (x.shape[0], *counts, math.prod(window) * x.shape[-1]))


def _windows(x: Any, axis: int, count: int, size: int, step: int, dilation: int) -> Any:
    """`count` windows of an axis, one after the other: what lies side by side is cut off, what overlaps is taken."""
    if size == step and dilation == 1:
        return x[(slice(None),) * axis + (slice(0, count * size),)]
    places = np.arange(count)[:, None] * step + np.arange(size) * dilation
    return xp.take(x, places.ravel(), axis=axis)


@op("image", tensors="images")
def extract_patches(
    images: TensorLike,
    size: int | Sequence[int],
    strides: int | Sequence[int] | None = None,
    dilation_rate: int | Sequence[int] = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """Patches of images or volumes, each as one vector.

    Args:
        images: `(batch, height, width, channels)`, or `(batch, depth, height, width, channels)` where `size` has three
            entries; without the batch, one image; channels first by `data_format`.
        size: int or (height, width) of a patch, or (depth, height, width).
        strides: ints, steps from one patch to the next; None: those of `size`.
        dilation_rate: ints, steps between the pixels of a patch.
        padding: "valid", or "same" for zeros around.
        data_format: "channels_last", "channels_first" or None for the default.

    Returns: `(batch, *positions, pixels * channels)`, the layout of `images`. Raises ValueError for other shapes and sizes,
    TypeError where `size` is neither an int nor a tuple.

    Example:
        >>> ops.image.extract_patches(ops.ones((2, 20, 20, 3)), (5, 5)).shape
        (2, 4, 4, 75)
    """
    where = "extract_patches"
    if not isinstance(size, (int, tuple, list)):
        raise TypeError(f"{where}: size must be an int or a tuple of ints; got {size!r}.")
    rank = 2 if isinstance(size, int) else len(size)
    if rank not in (2, 3):
        raise ValueError(f"{where}: size must be an int or 2 or 3 of them; got {size!r}.")
    window = sizes_of(size, rank, "size", where)
    x = tensor(images)
    if x.ndim not in (rank + 1, rank + 2):
        raise ValueError(f"{where}: for {rank} sizes images must have rank {rank + 1} or {rank + 2}; got {x.ndim}.")
    x, back = batched(x, rank, data_format)
    steps = sizes_of(window if strides is None else strides, rank, "strides", where)
    return back(_patches(x, window, steps, sizes_of(dilation_rate, rank, "dilation_rate", where), padding))


@public("ops.image.extract_patches_3d")
def extract_patches_3d(
    volumes: TensorLike,
    size: int | Sequence[int],
    strides: int | Sequence[int] | None = None,
    dilation_rate: int | Sequence[int] = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """`extract_patches` of volumes, with an int for three equal sizes.

    Args:
        volumes: `(batch, depth, height, width, channels)`, or one volume without the batch.
        size, strides, dilation_rate, padding, data_format: as for `extract_patches`.

    Returns: `(batch, *positions, voxels * channels)`. Raises TypeError unless `size` is an int or three of them.
    """
    if not isinstance(size, int) and (not isinstance(size, (tuple, list)) or len(size) != 3):
        raise TypeError(f"extract_patches_3d: size must be an int or three of them; got {size!r}.")
    window = sizes_of(size, 3, "size", "extract_patches_3d")
    return extract_patches(volumes, window, strides, dilation_rate, padding, data_format)
