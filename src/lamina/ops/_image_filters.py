"""Images blurred, their edges, and how alike two of them are."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lamina._checks import check_positive_int
from lamina._typing import Tensor, TensorLike

from ._backend import kernels, xp
from ._convert import promote, tensor, to
from ._dtypes import dtype_name
from ._image_layout import as_batch, check_rank, finished, working
from ._layout import padding_pairs, sizes_of
from ._op import op
from ._symbolic import KerasTensor


def _filtered(x: Any, kernel: Any, padding: str) -> Any:
    """Each channel of `(batch, height, width, channels)` correlated with `kernel` `(rows, columns, filters)`: filters are a
    last axis."""
    batch, height, width, channels = x.shape
    planes = xp.reshape(xp.moveaxis(x, -1, 1), (batch * channels, height, width, 1))
    window = tuple(kernel.shape[:2])
    pairs = padding_pairs(padding, (height, width), window, (1, 1), (1, 1), "filter")
    out = kernels.conv(planes, xp.expand_dims(kernel, 2), (1, 1), pairs, (1, 1), 1)
    return xp.moveaxis(xp.reshape(out, (batch, channels, *out.shape[1:])), 1, -2)


def _bell(size: int, sigma: Any, dtype: str) -> Any:
    places = tensor((np.arange(size) - (size - 1) / 2).astype("float32"))
    bell = xp.exp(-0.5 * xp.square(places / sigma))
    return to(bell / xp.sum(bell), dtype)


def blurred(x: Any, kernel_size: Any, sigma: Any, padding: str = "same") -> Any:
    """Floating `(batch, height, width, channels)` smoothed with a bell along columns and one along rows."""
    dtype = dtype_name(x)
    across, down = (_bell(n, s, dtype) for n, s in zip(kernel_size, sigma))
    x = _filtered(x, xp.reshape(down, (-1, 1, 1)), padding)[..., 0]
    return _filtered(x, xp.reshape(across, (1, -1, 1)), padding)[..., 0]


def _same(call: Any, images: Any, **config: Any) -> KerasTensor:
    check_rank(images, "gaussian_blur")
    return KerasTensor(images.shape, images.dtype)


@op("image", tensors="images", spec=_same)
def gaussian_blur(
    images: TensorLike,
    kernel_size: int | Sequence[int] = (3, 3),
    sigma: Any = (1.0, 1.0),
    data_format: str | None = None,
) -> Tensor:
    """Images smoothed by weights `exp(-d² / 2σ²)` that sum to one; beyond the edges lies zero.

    Args:
        images: `(batch, height, width, channels)` or one image without the batch, channels first by `data_format`.
        kernel_size: how many pixels count along the width and along the height, ints.
        sigma: the σ along the width and along the height, numbers or a tensor of two.
        data_format: "channels_last", "channels_first" or None for the default.

    Returns: as `images`. Raises ValueError for other shapes.
    """
    kernel_size = sizes_of(np.asarray(kernel_size).tolist(), 2, "kernel_size", "gaussian_blur")
    x, back = as_batch(images, data_format, "gaussian_blur")
    deviations = to(tensor(sigma), "float32")
    pair = (deviations[0], deviations[1]) if deviations.ndim else (deviations, deviations)
    return back(finished(blurred(working(x), kernel_size, pair), dtype_name(x)))


_SOBEL = np.array([[1, 2, 1]], "float32").T * np.array([[-1, 0, 1]], "float32")


@op("image", tensors="images")
def sobel_edges(images: TensorLike, data_format: str | None = None) -> Tensor:
    """How fast images change downwards and to the right, by Sobel's weights; beyond the edges lies zero.

    Args:
        images: `(batch, height, width, channels)`, channels first by `data_format`.
        data_format: "channels_last", "channels_first" or None for the default.

    Returns: `(*images.shape, 2)`, [downwards, to the right]. Raises ValueError for other ranks.

    Reference: Sobel and Feldman, A 3x3 Isotropic Gradient Operator for Image Processing, 1968.
    """
    x = tensor(images)
    if x.ndim != 4:
        raise ValueError(f"sobel_edges: images must be (batch, height, width, channels); got shape {tuple(x.shape)}.")
    x, back = as_batch(x, data_format, "sobel_edges")
    kernel = to(tensor(np.stack([_SOBEL.T, _SOBEL], -1)), dtype_name(working(x)))
    edges = _filtered(working(x), kernel, "same")
    return xp.stack([back(to(edges[..., i], dtype_name(x))) for i in range(2)], axis=-1)


@op("image", class_name="SSIM")
def ssim(
    image1: TensorLike,
    image2: TensorLike,
    max_val: float = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    data_format: str | None = None,
) -> Tensor:
    """How alike images are in luminance, contrast and structure: 1 for equal images.

    With means μ, variances σ² and covariance σ₁₂ under a Gaussian window, and c = (k max_val)²:
    `(2 μ₁ μ₂ + c₁)(2 σ₁₂ + c₂) / ((μ₁² + μ₂² + c₁)(σ₁² + σ₂² + c₂))`, the mean over all windows inside and channels.

    Args:
        image1, image2: `(batch, height, width, channels)` or one image without the batch, channels first by `data_format`.
        max_val: the span of the pixels' values.
        filter_size, filter_sigma: size and deviation of the window.
        k1, k2: numbers.
        data_format: "channels_last", "channels_first" or None for the default.

    Returns: `(batch,)`, or a scalar for single images. Raises ValueError for other shapes and images below the window.

    Reference: Wang et al., Image Quality Assessment, 2004, doi:10.1109/TIP.2003.819861.
    """
    check_positive_int(filter_size, "filter_size", "ssim")
    one, two = promote(image1, image2, arrays=True)
    kind = dtype_name(one)
    if tuple(one.shape) != tuple(two.shape):
        raise ValueError(f"ssim: the images must have one shape; got {tuple(one.shape)} and {tuple(two.shape)}.")
    single = one.ndim == 3
    one, two = (working(as_batch(i, data_format, "ssim")[0]) for i in (one, two))
    if min(one.shape[1:3]) < filter_size:
        raise ValueError(f"ssim: images must be {filter_size} pixels high and wide (filter_size) at least.")

    def mean(x: Any) -> Any:
        return blurred(x, (filter_size,) * 2, (filter_sigma,) * 2, "valid")

    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    mean1, mean2 = mean(one), mean(two)
    spread = mean(one * one) + mean(two * two) - mean1 * mean1 - mean2 * mean2
    shared = mean(one * two) - mean1 * mean2
    likeness = (2 * mean1 * mean2 + c1) * (2 * shared + c2)
    likeness = likeness / ((mean1 * mean1 + mean2 * mean2 + c1) * (spread + c2))
    out = to(xp.mean(likeness, axis=(1, 2, 3)), kind)
    return out[0] if single else out
