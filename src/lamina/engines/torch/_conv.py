"""Convolution and pooling.

lamina's layout is channels last. Seen through a permutation of axes, that is what torch calls the channels_last memory
format: its kernels take it and give it without a copy. Where there is one spatial axis, it becomes two, since only then there
are such kernels.
"""

import math
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from ._dtypes import WIDE
from ._tensors import tensor


def _to_torch(x: torch.Tensor) -> torch.Tensor:
    return x.permute(0, x.ndim - 1, *range(1, x.ndim - 1))


def _from_torch(x: torch.Tensor) -> torch.Tensor:
    return x.permute(0, *range(2, x.ndim), 1)


def _weight(kernel: torch.Tensor) -> torch.Tensor:
    """A kernel in torch's layout. Where one of its first axes has length one, channels_last is no different from some other
    formats, and not all of torch's gradients read the same one: then it is copied into the plain format."""
    weight = kernel.permute(kernel.ndim - 1, kernel.ndim - 2, *range(kernel.ndim - 2))
    return weight.clone(memory_format=torch.contiguous_format) if 1 in weight.shape[:2] else weight


def _tuple(value: Any, rank: int) -> tuple[int, ...]:
    return (int(value),) * rank if isinstance(value, (int, np.integer)) else tuple(int(v) for v in value)


def _split_padding(padding: Any) -> tuple[list[int], list[tuple[int, int]]]:
    """What torch's kernels can pad themselves, the same on both sides, and what is left."""
    both = [min(pair) for pair in padding]
    return both, [(a - n, b - n) for n, (a, b) in zip(both, padding)]


def _every_tap_meets_data(spatial: Any, window: Any, strides: Any, padding: Any, dilation: Any) -> bool:
    """Whether each place of the window lies on the samples at some position, and not always on their borders."""
    for n, k, s, (a, b), d in zip(spatial, window, strides, padding, dilation):
        positions = range(-a, n + b - d * (k - 1), s)
        if not all(any(0 <= p + tap * d < n for p in positions) for tap in range(k)):
            return False
    return True


def _padded(x: torch.Tensor, pairs: Any, value: float = 0.0) -> torch.Tensor:
    """`x` in torch's layout, with its spatial axes padded."""
    if not any(a or b for a, b in pairs):
        return x
    return F.pad(x, [n for pair in reversed(pairs) for n in pair], value=value)


_CONV = {2: F.conv2d, 3: F.conv3d}
_CONV_TRANSPOSE = {2: F.conv_transpose2d, 3: F.conv_transpose3d}
_MAX_POOL = {2: F.max_pool2d, 3: F.max_pool3d}
_AVERAGE_POOL = {2: F.avg_pool2d, 3: F.avg_pool3d}


def conv(x: Any, kernel: Any, strides: Any, padding: Any, dilation: Any, groups: int) -> torch.Tensor:
    x, kernel = tensor(x), tensor(kernel)
    rank = x.ndim - 2
    strides, dilation = _tuple(strides, rank), _tuple(dilation, rank)
    if rank == 1:
        y = conv(x.unsqueeze(1), kernel.unsqueeze(0), (1, *strides), ((0, 0), *padding), (1, *dilation), groups)
        return y.squeeze(1)
    if rank > 3:
        return _conv_by_slices(x, kernel, strides, padding, dilation, groups)
    # The gradient of a tap that meets nothing but borders is left unwritten by torch's half-precision kernels where they
    # make the borders themselves.
    inner = _every_tap_meets_data(x.shape[1:-1], kernel.shape[:-2], strides, padding, dilation)
    both, rest = _split_padding(padding) if inner else ([0] * rank, padding)
    weight = _weight(kernel)
    return _from_torch(_CONV[rank](_padded(_to_torch(x), rest), weight, None, strides, both, dilation, groups))


def _conv_by_slices(
    x: torch.Tensor, kernel: torch.Tensor, strides: Any, padding: Any, dilation: Any, groups: int
) -> torch.Tensor:
    """A convolution over many axes, as the sum over the first axis of the window of those over the other axes."""
    x = _from_torch(_padded(_to_torch(x), [padding[0], *((0, 0) for _ in padding[1:])]))
    positions = (x.shape[1] - dilation[0] * (kernel.shape[0] - 1) - 1) // strides[0] + 1
    total: Any = None
    for i in range(kernel.shape[0]):
        start = i * dilation[0]
        rows = x[:, start : start + (positions - 1) * strides[0] + 1 : strides[0]]
        flat = rows.reshape(-1, *rows.shape[2:])
        part = conv(flat, kernel[i], strides[1:], padding[1:], dilation[1:], groups)
        part = part.reshape(x.shape[0], positions, *part.shape[1:])
        total = part if total is None else total + part
    return total


def conv_transpose(
    x: Any, kernel: Any, spatial: Any, strides: Any, padding: Any, dilation: Any, groups: int
) -> torch.Tensor:
    x, kernel = tensor(x), tensor(kernel)
    rank = x.ndim - 2
    strides, dilation = _tuple(strides, rank), _tuple(dilation, rank)
    if rank == 1:
        y = conv_transpose(
            x.unsqueeze(1),
            kernel.unsqueeze(0),
            (1, *spatial),
            (1, *strides),
            ((0, 0), *padding),
            (1, *dilation),
            groups,
        )
        return y.squeeze(1)
    if rank > 3:
        raise NotImplementedError(f"The torch engine has transposed convolutions over up to 3 axes; got {rank}.")
    weight = _weight(kernel)
    y = _CONV_TRANSPOSE[rank](_to_torch(x), weight, None, strides, 0, 0, groups, dilation)
    # All that the windows reach; of that the part that is no padding, and zeros where no window reaches.
    missing = [(0, max(before + n - y.shape[i + 2], 0)) for i, (n, (before, _)) in enumerate(zip(spatial, padding))]
    y = _padded(y, missing)
    index = [slice(before, before + n) for n, (before, _) in zip(spatial, padding)]
    return _from_torch(y[(slice(None), slice(None), *index)])


def max_pool(x: Any, window: Any, strides: Any, padding: Any) -> torch.Tensor:
    x = tensor(x)
    rank = x.ndim - 2
    window, strides = _tuple(window, rank), _tuple(strides, rank)
    if not x.is_floating_point():
        return max_pool(x.to(torch.float64), window, strides, padding).to(x.dtype)
    if rank == 1:
        return max_pool(x.unsqueeze(1), (1, *window), (1, *strides), ((0, 0), *padding)).squeeze(1)
    if rank > 3:
        for axis, (k, s, pair) in enumerate(zip(window, strides, padding), start=1):
            x = _pool_axis(max_pool, x, axis, k, s, pair)
        return x
    both, rest = _split_padding(padding)
    if any(2 * p > k for p, k in zip(both, window)):
        both, rest = [0] * rank, padding
    return _from_torch(_MAX_POOL[rank](_padded(_to_torch(x), rest, -math.inf), window, strides, both))


def window_sum(x: Any, window: Any, strides: Any, padding: Any) -> torch.Tensor:
    x = tensor(x)
    rank = x.ndim - 2
    if x.dtype not in WIDE and not x.is_cuda:
        return window_sum(x.to(torch.float32), window, strides, padding).to(x.dtype)
    window, strides = _tuple(window, rank), _tuple(strides, rank)
    if rank == 1:
        return window_sum(x.unsqueeze(1), (1, *window), (1, *strides), ((0, 0), *padding)).squeeze(1)
    if rank > 3:
        for axis, (k, s, pair) in enumerate(zip(window, strides, padding), start=1):
            x = _pool_axis(window_sum, x, axis, k, s, pair)
        return x
    return _from_torch(_AVERAGE_POOL[rank](_padded(_to_torch(x), padding), window, strides, divisor_override=1))


def _pool_axis(pool: Any, x: torch.Tensor, axis: int, window: int, stride: int, pair: Any) -> torch.Tensor:
    """Pooling along one axis of many."""
    moved = torch.movedim(x, axis, -2)
    flat = moved.reshape(-1, *moved.shape[-2:])
    y = pool(flat, (window,), (stride,), (pair,))
    return torch.movedim(y.reshape(*moved.shape[:-2], *y.shape[1:]), -2, axis)
