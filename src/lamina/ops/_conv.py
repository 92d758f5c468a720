"""Convolutions of any rank."""

from collections.abc import Sequence
from typing import Any

from lamina._typing import Tensor, TensorLike

from ._backend import kernels, xp
from ._convert import floating, promote
from ._layout import is_channels_first, padding_pairs, sizes_of, to_channels_first, to_channels_last
from ._op import op


def _operands(inputs: Any, kernel: Any, data_format: Any, where: str) -> tuple[Any, Any, bool]:
    x, kernel = promote(inputs, kernel, arrays=True)
    x, kernel = floating(x), floating(kernel)
    if x.ndim < 3 or kernel.ndim != x.ndim:
        raise ValueError(
            f"{where}: inputs must be (batch, spatial..., channels) and the kernel (window..., channels, filters), of one "
            f"rank of 3 or more; got shapes {tuple(x.shape)} and {tuple(kernel.shape)}."
        )
    first = is_channels_first(data_format)
    return (to_channels_last(x) if first else x), kernel, first


def _check_fits(sizes: Any, x: Any, window: Any, where: str) -> None:
    if any(n <= 0 for n in sizes):
        raise ValueError(
            f"{where}: a window of {tuple(window)} does not fit into spatial sizes {tuple(x.shape[1:-1])}."
        )


@op("nn")
def conv(
    inputs: TensorLike,
    kernel: TensorLike,
    strides: int | Sequence[int] = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: int | Sequence[int] = 1,
) -> Tensor:
    """Cross-correlation of the inputs with a kernel, summed over channels.

    Args:
        inputs: `(batch, *spatial, channels)`, or `(batch, channels, *spatial)` with "channels_first".
        kernel: `(*window, channels // groups, filters)`; the number of groups follows from the shapes.
        strides, dilation_rate: an int, or one for each spatial axis.
        padding: "valid" or "same".
        data_format: "channels_last", "channels_first" or None for the default.

    Returns: `(batch, *positions, filters)`, the layout of `inputs`, the promoted dtype. Raises ValueError for shapes that
    do not fit.

    Example:
        >>> ops.conv(ops.ones((1, 5, 5, 2)), ops.ones((3, 3, 2, 4))).shape
        (1, 3, 3, 4)
    """
    x, kernel, first = _operands(inputs, kernel, data_format, "conv")
    rank = x.ndim - 2
    strides = sizes_of(strides, rank, "strides", "conv")
    dilation = sizes_of(dilation_rate, rank, "dilation_rate", "conv")
    window, channels = tuple(kernel.shape[:-2]), x.shape[-1]
    if channels % kernel.shape[-2] or kernel.shape[-1] % (channels // kernel.shape[-2]):
        raise ValueError(
            f"conv: the kernel takes {kernel.shape[-2]} channels and gives {kernel.shape[-1]} filters; the inputs have "
            f"{channels} channels, which makes no whole number of groups."
        )
    pairs = padding_pairs(padding, x.shape[1:-1], window, strides, dilation, "conv")
    _check_fits(
        [n + a + b - d * (k - 1) for n, (a, b), k, d in zip(x.shape[1:-1], pairs, window, dilation)], x, window, "conv"
    )
    y = kernels.conv(x, kernel, strides, pairs, dilation, channels // kernel.shape[-2])
    return to_channels_first(y) if first else y


@op("nn")
def conv_transpose(
    inputs: TensorLike,
    kernel: TensorLike,
    strides: int | Sequence[int] = 1,
    padding: str = "valid",
    output_padding: Any = None,
    data_format: str | None = None,
    dilation_rate: int | Sequence[int] = 1,
) -> Tensor:
    """The transpose of `conv`, which enlarges where that one reduces.

    Args:
        inputs: `(batch, *spatial, channels)`, or channels first.
        kernel: `(*window, filters, channels)`.
        strides, padding, data_format, dilation_rate: of the convolution that it transposes; strides or dilations above 1
            exclude each other.
        output_padding: what is added to one side of the output; None for the size that Keras chooses.

    Returns: `(batch, *sizes, filters)`.
    """
    x, kernel, first = _operands(inputs, kernel, data_format, "conv_transpose")
    rank = x.ndim - 2
    strides = sizes_of(strides, rank, "strides", "conv_transpose")
    dilation = sizes_of(dilation_rate, rank, "dilation_rate", "conv_transpose")
    window = tuple(kernel.shape[:-2])
    if kernel.shape[-1] != x.shape[-1]:
        raise ValueError(
            f"conv_transpose: the kernel takes {kernel.shape[-1]} channels; the inputs have {x.shape[-1]}."
        )
    extra = output_padding if isinstance(output_padding, (tuple, list)) else (output_padding,) * rank
    sizes, pairs = [], []
    for n, k, s, d, e in zip(x.shape[1:-1], window, strides, dilation, extra):
        size, pair = transposed_size(n, d * (k - 1) + 1, s, padding, e)
        sizes.append(size)
        pairs.append(pair)
    y = kernels.conv_transpose(x, kernel, tuple(sizes), strides, tuple(pairs), dilation, 1)
    return to_channels_first(y) if first else y


def transposed_size(n: int, window: int, stride: int, padding: str, extra: int | None) -> tuple[int, tuple[int, int]]:
    """Size of the output along one axis, and the padding of the convolution that leads back to `n` positions."""
    reach = (n - 1) * stride + window
    if extra is not None:
        size = reach + extra - (2 * (window // 2) if padding == "same" else 0)
    elif padding == "same":
        size = n * stride
    else:
        size = n * stride + max(window - stride, 0)
    before = max(reach - size, 0) // 2
    return size, (before, max(reach - size - before, 0))


@op("nn")
def depthwise_conv(
    inputs: TensorLike,
    kernel: TensorLike,
    strides: int | Sequence[int] = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: int | Sequence[int] = 1,
) -> Tensor:
    """Each channel convolved on its own.

    Args:
        inputs: `(batch, *spatial, channels)`, or channels first.
        kernel: `(*window, channels, multiplier)`.
        strides, padding, data_format, dilation_rate: as for `conv`.

    Returns: `(batch, *positions, channels * multiplier)`.
    """
    kernel = floating(kernel)
    channels, multiplier = kernel.shape[-2:]
    grouped = xp.reshape(kernel, (*kernel.shape[:-2], 1, channels * multiplier))
    return conv(inputs, grouped, strides, padding, data_format, dilation_rate)


@op("nn")
def separable_conv(
    inputs: TensorLike,
    depthwise_kernel: TensorLike,
    pointwise_kernel: TensorLike,
    strides: int | Sequence[int] = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: int | Sequence[int] = 1,
) -> Tensor:
    """A depthwise convolution, then one with a window of one.

    Args:
        inputs: `(batch, *spatial, channels)`, or channels first.
        depthwise_kernel: `(*window, channels, multiplier)`.
        pointwise_kernel: `(1, ..., channels * multiplier, filters)`.
        strides, padding, data_format, dilation_rate: of the depthwise step.

    Returns: `(batch, *positions, filters)`.
    """
    x = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(x, pointwise_kernel, 1, "valid", data_format)
