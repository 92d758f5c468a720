"""Images as columns of patches, and back."""

from collections.abc import Sequence
from typing import Any

from lamina._typing import Tensor, TensorLike

from ._backend import xp
from ._convert import tensor
from ._layout import sizes_of
from ._op import op


def _counts(sizes: Any, window: Any, dilation: Any, padding: Any, stride: Any, where: str) -> tuple[int, ...]:
    """How many windows fit along each axis."""
    counts = tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, d, p, s in zip(sizes, window, dilation, padding, stride)
    )
    if any(n <= 0 for n in counts):
        raise ValueError(f"{where}: a window of {tuple(window)} does not fit into spatial sizes {tuple(sizes)}.")
    return counts


def _options(kernel_size: Any, dilation: Any, padding: Any, stride: Any, where: str) -> tuple[Any, ...]:
    pads = (padding, padding) if isinstance(padding, int) else tuple(padding)
    if len(pads) != 2 or any(not isinstance(p, int) or p < 0 for p in pads):
        raise ValueError(f"{where}: padding must be an int from 0, or two of them; got {padding!r}.")
    return (
        sizes_of(kernel_size, 2, "kernel_size", where),
        sizes_of(dilation, 2, "dilation", where),
        pads,
        sizes_of(stride, 2, "stride", where),
    )


@op("nn", tensors="x")
def unfold(
    x: TensorLike, kernel_size: int | Sequence[int], dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Tensor:
    """Patches of images as columns (im2col).

    Args:
        x: `(batch, channels, height, width)`.
        kernel_size, dilation, stride: ints, or pairs of ints, of the sliding window.
        padding: zeros on both sides of each axis, an int or a pair.

    Returns: `(batch, channels * window, positions)`, dtype of `x`.
    """
    x = tensor(x)
    if x.ndim != 4:
        raise ValueError(f"unfold: x must be (batch, channels, height, width); got shape {tuple(x.shape)}.")
    window, dilation, (top, left), stride = _options(kernel_size, dilation, padding, stride, "unfold")
    rows, columns = _counts(x.shape[2:], window, dilation, (top, left), stride, "unfold")
    if top or left:
        x = xp.pad(x, ((0, 0), (0, 0), (top, top), (left, left)), mode="constant", constant_values=0)
    parts = []
    for i in range(window[0]):
        for j in range(window[1]):
            y, z = i * dilation[0], j * dilation[1]
            parts.append(
                x[
                    :,
                    :,
                    y : y + stride[0] * (rows - 1) + 1 : stride[0],
                    z : z + stride[1] * (columns - 1) + 1 : stride[1],
                ]
            )
    patches = xp.stack(parts, axis=2)
    return xp.reshape(patches, (x.shape[0], x.shape[1] * len(parts), rows * columns))


@op("nn", tensors="x")
def fold(
    x: TensorLike,
    output_size: Any,
    kernel_size: int | Sequence[int],
    dilation: Any = 1,
    padding: Any = 0,
    stride: Any = 1,
) -> Tensor:
    """Columns of patches added up to images (col2im), the transpose of `unfold`.

    Args:
        x: `(batch, channels * window, positions)`.
        output_size: Any, or (height, width) of the images.
        kernel_size, dilation, padding, stride: as for `unfold`.

    Returns: `(batch, channels, height, width)`, dtype of `x`; where patches overlap, their sum.
    """
    x = tensor(x)
    if x.ndim != 3:
        raise ValueError(f"fold: x must be (batch, channels * window, positions); got shape {tuple(x.shape)}.")
    size = sizes_of(output_size, 2, "output_size", "fold")
    window, dilation, pads, stride = _options(kernel_size, dilation, padding, stride, "fold")
    counts = _counts(size, window, dilation, pads, stride, "fold")
    area = window[0] * window[1]
    if x.shape[1] % area or x.shape[2] != counts[0] * counts[1]:
        raise ValueError(
            f"fold: a window of {window} over images of {size} gives (batch, channels * {area}, {counts[0] * counts[1]}); "
            f"got shape {tuple(x.shape)}."
        )
    padded = tuple(n + 2 * p for n, p in zip(size, pads))
    patches = xp.reshape(x, (x.shape[0], x.shape[1] // area, area, *counts))
    total: Any = None
    for i in range(window[0]):
        for j in range(window[1]):
            part = _spread(patches[:, :, i * window[1] + j], 2, i * dilation[0], stride[0], padded[0])
            part = _spread(part, 3, j * dilation[1], stride[1], padded[1])
            total = part if total is None else total + part
    return total[:, :, pads[0] : pads[0] + size[0], pads[1] : pads[1] + size[1]]


def _spread(x: Any, axis: int, start: int, stride: int, size: int) -> Any:
    """`x` with its entries along `axis` at start, start + stride, ... of `size` places, zeros between."""
    count = x.shape[axis]
    if stride > 1:
        apart = xp.expand_dims(x, axis + 1)
        widths = [(0, 0)] * apart.ndim
        widths[axis + 1] = (0, stride - 1)
        apart = xp.pad(apart, tuple(widths), mode="constant", constant_values=0)
        x = xp.reshape(apart, (*x.shape[:axis], count * stride, *x.shape[axis + 1 :]))
        x = x[(slice(None),) * axis + (slice(0, (count - 1) * stride + 1),)]
    widths = [(0, 0)] * x.ndim
    widths[axis] = (start, size - start - x.shape[axis])
    return xp.pad(x, tuple(widths), mode="constant", constant_values=0)
