"""Images bent by random fields. It draws, so it stands above the other functions of images."""

from typing import Any

import numpy as np

from lamina._checks import check_positive
from lamina._typing import Tensor, TensorLike
from lamina.ops._convert import tensor
from lamina.ops._image_filters import blurred
from lamina.ops._image_layout import as_batch, check_sampling
from lamina.ops._image_sampling import sample_images
from lamina.ops._op import op

from ._noise import noise


@op("image", tensors="images")
def elastic_transform(
    images: TensorLike,
    alpha: Any = 20.0,
    sigma: float = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: TensorLike = 0.0,
    seed: Any = None,
    data_format: str | None = None,
) -> Tensor:
    """Images bent at random: each pixel is read `alpha` times a smooth field away.

    The field is noise of deviation `sigma`, one for rows and one for columns, blurred with a Gaussian of `sigma`.

    Args:
        images: `(batch, height, width, channels)` or one image without the batch, channels first by `data_format`.
        alpha: how far pixels move, a number.
        sigma: how smoothly, a positive number.
        interpolation: "nearest" or "bilinear".
        fill_mode, fill_value: as for `ops.image.map_coordinates`.
        seed: int, SeedGenerator or None.
        data_format: "channels_last", "channels_first" or None for the default.

    Returns: as `images`. Raises ValueError for other shapes and names.

    Reference: Simard et al., Best Practices for Convolutional Neural Networks, 2003, doi:10.1109/ICDAR.2003.1227801.
    """
    check_positive(sigma, "sigma", "elastic_transform")
    check_sampling(interpolation, fill_mode, "elastic_transform")
    x, back = as_batch(images, data_format, "elastic_transform")
    return back(bent(x, alpha, sigma, int(6 * sigma) | 1, interpolation, fill_mode, fill_value, seed))


def bent(
    x: Any, alpha: Any, sigma: Any, size: int, interpolation: str, fill_mode: str, fill_value: Any, seed: Any
) -> Any:
    """The same for a batch, channels last; `alpha` and `sigma` may be tensors, and `size` is that of the Gaussian's kernel."""
    batch, height, width, _ = x.shape
    moves = noise((batch, height, width, 2), seed) * sigma
    field = blurred(moves, (size, size), (sigma, sigma)) * alpha
    ys, xs = (tensor(g) for g in np.mgrid[:height, :width].astype("float32"))
    return sample_images(x, field[..., 0] + ys, field[..., 1] + xs, interpolation, fill_mode, fill_value)
