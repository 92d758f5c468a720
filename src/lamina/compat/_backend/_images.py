"""Convolutions, pooling and sizes of images, as `keras.backend` calls them."""

from typing import Any

from lamina import ops
from lamina._public import public
from lamina._settings import standardize_data_format

from ._renamed import renamed


def _channels_first(data_format: Any) -> bool:
    return standardize_data_format(data_format) == "channels_first"


@public("backend.conv1d")
@renamed(border_mode="padding", dim_ordering="data_format")
def conv1d(
    x: Any, kernel: Any, strides: Any = 1, padding: str = "valid", data_format: Any = None, dilation_rate: Any = 1
) -> Any:
    """A convolution over steps: x `(batch, steps, channels)`, kernel `(width, channels, filters)`; padding "causal" too."""
    if padding == "causal":
        left = int(dilation_rate if isinstance(dilation_rate, int) else dilation_rate[0]) * (kernel.shape[0] - 1)
        steps = 2 if _channels_first(data_format) else 1
        x, padding = ops.pad(x, [(left, 0) if axis == steps else (0, 0) for axis in range(3)]), "valid"
    return ops.conv(x, kernel, strides, padding, standardize_data_format(data_format), dilation_rate)


@public("backend.conv2d", "backend.conv3d")
@renamed(border_mode="padding", dim_ordering="data_format")
def conv2d(
    x: Any, kernel: Any, strides: Any = 1, padding: str = "valid", data_format: Any = None, dilation_rate: Any = 1
) -> Any:
    """A convolution over two or three axes; kernel `(*window, channels, filters)`."""
    return ops.conv(x, kernel, strides, padding, standardize_data_format(data_format), dilation_rate)


@public("backend.conv2d_transpose")
@renamed(border_mode="padding", dim_ordering="data_format")
def conv2d_transpose(
    x: Any, kernel: Any, output_shape: Any, strides: Any = (1, 1), padding: str = "valid", data_format: Any = None,
    dilation_rate: Any = (1, 1),
) -> Any:  # fmt: skip
    """A transposed convolution; kernel `(rows, columns, filters, channels)`.

    output_shape: `(batch, *spatial, filters)`, of which the spatial sizes settle what strides leave open.
    """
    axes = (2, 3) if _channels_first(data_format) else (1, 2)
    strides = (strides, strides) if isinstance(strides, int) else tuple(strides)
    more = []
    for axis, stride, size in zip(axes, strides, kernel.shape):
        least = (x.shape[axis] - 1) * stride + size - (2 * (size // 2) if padding == "same" else 0)
        more.append(int(output_shape[axis]) - least)
        if not 0 <= more[-1] < stride:
            raise ValueError(
                f"conv2d_transpose: output_shape must be {least} to {least + stride - 1} on axis {axis}; got {output_shape}."
            )
    return ops.conv_transpose(
        x, kernel, strides, padding, tuple(more), standardize_data_format(data_format), dilation_rate
    )


@public("backend.depthwise_conv2d")
@renamed(border_mode="padding", dim_ordering="data_format")
def depthwise_conv2d(
    x: Any, depthwise_kernel: Any, strides: Any = 1, padding: str = "valid", data_format: Any = None,
    dilation_rate: Any = 1,
) -> Any:  # fmt: skip
    """A convolution of each channel alone; kernel `(rows, columns, channels, multiplier)`."""
    return ops.depthwise_conv(
        x, depthwise_kernel, strides, padding, standardize_data_format(data_format), dilation_rate
    )


@public("backend.separable_conv2d")
@renamed(border_mode="padding", dim_ordering="data_format")
def separable_conv2d(
    x: Any, depthwise_kernel: Any, pointwise_kernel: Any, strides: Any = 1, padding: str = "valid",
    data_format: Any = None, dilation_rate: Any = 1,
) -> Any:  # fmt: skip
    """A convolution of each channel alone, and one of single positions over all of them."""
    return ops.separable_conv(
        x, depthwise_kernel, pointwise_kernel, strides, padding, standardize_data_format(data_format), dilation_rate
    )


@public("backend.pool2d", "backend.pool3d")
@renamed(border_mode="padding", dim_ordering="data_format")
def pool2d(
    x: Any, pool_size: Any, strides: Any = 1, padding: str = "valid", data_format: Any = None, pool_mode: str = "max"
) -> Any:
    """The largest ("max") or the mean ("avg") of each window. Raises ValueError for another mode."""
    pools = {"max": ops.max_pool, "avg": ops.average_pool}
    if pool_mode not in pools:
        raise ValueError(f"pool2d: pool_mode must be 'max' or 'avg'; got {pool_mode!r}.")
    return pools[pool_mode](x, pool_size, strides, padding, standardize_data_format(data_format))


@public("backend.resize_images")
@renamed(dim_ordering="data_format")
def resize_images(
    x: Any, height_factor: int, width_factor: int, data_format: Any = None, interpolation: str = "nearest"
) -> Any:
    """Images `(batch, rows, columns, channels)` so many times as large."""
    data_format = standardize_data_format(data_format)
    rows, columns = (2, 3) if data_format == "channels_first" else (1, 2)
    size = (x.shape[rows] * height_factor, x.shape[columns] * width_factor)
    return ops.image.resize(x, size, interpolation=interpolation, data_format=data_format)


@public("backend.resize_volumes")
@renamed(dim_ordering="data_format")
def resize_volumes(x: Any, depth_factor: int, height_factor: int, width_factor: int, data_format: Any = None) -> Any:
    """Every entry of volumes repeated along each of the three axes."""
    first = 2 if _channels_first(data_format) else 1
    for axis, factor in enumerate((depth_factor, height_factor, width_factor), first):
        x = ops.repeat(x, factor, axis=axis)
    return x


@public("backend.spatial_3d_padding")
@renamed(dim_ordering="data_format")
def spatial_3d_padding(x: Any, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: Any = None) -> Any:
    """Volumes with zeros before and after, on each of the three axes."""
    pairs = [tuple(pair) for pair in padding]
    inside = [(0, 0), *pairs] if _channels_first(data_format) else [*pairs, (0, 0)]
    return ops.pad(x, [(0, 0), *inside])
