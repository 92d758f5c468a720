"""Kernels beyond the array namespace."""

import math
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

from ._dtypes import UNSIGNED, torch_dtype
from ._tensors import as_tensor, depth_of_differentiation, tensor

_WIDE = (torch.float32, torch.float64)


def made_by(name: str, y: Any, **params: Any) -> None:
    """None: a tensor here does not tell how it was made."""


def relu(x: Any) -> torch.Tensor:
    return torch.relu(tensor(x))


def sigmoid(x: Any) -> torch.Tensor:
    return torch.sigmoid(tensor(x))


def softplus(x: Any) -> torch.Tensor:
    return -F.logsigmoid(-tensor(x))  # F.softplus turns linear above a threshold


def softmax(x: Any, axis: int = -1) -> torch.Tensor:
    return torch.softmax(_floating(x), axis)


def log_softmax(x: Any, axis: int = -1) -> torch.Tensor:
    return torch.log_softmax(_floating(x), axis)


def erf(x: Any) -> torch.Tensor:
    return torch.erf(tensor(x))


def erfinv(x: Any) -> torch.Tensor:
    return torch.erfinv(tensor(x))


def lgamma(x: Any) -> torch.Tensor:
    return torch.lgamma(tensor(x))


def digamma(x: Any) -> torch.Tensor:
    return torch.digamma(tensor(x))


def _floating(x: Any) -> torch.Tensor:
    x = tensor(x)
    return x if x.is_floating_point() else x.to(torch.float32)


def top_k(x: Any, k: int, sorted: bool = True) -> tuple[torch.Tensor, torch.Tensor]:
    """Of equals, the first comes first."""
    x = tensor(x)
    if not 0 <= k <= x.shape[-1]:
        raise ValueError(f"top_k: k must be between 0 and {x.shape[-1]}, the size of the last axis; got {k}.")
    wide = x.to(torch.int64) if x.dtype in UNSIGNED else x
    values, places = torch.sort(wide, dim=-1, descending=True, stable=True)
    return values[..., :k].to(x.dtype), places[..., :k].to(torch.int32)


def bitcast(x: Any, dtype: Any) -> torch.Tensor:
    return tensor(x).contiguous().view(torch_dtype(dtype))


def take_rows(x: Any, places: Any) -> torch.Tensor:
    x, places = tensor(x), tensor(places)
    return torch.index_select(x, 0, places) if places.ndim == 1 else x[places.to(torch.int64)]


def scatter(x: Any, indices: Any, updates: Any, mode: str = "set") -> torch.Tensor:
    x, indices = tensor(x), tensor(indices).to(torch.int64)
    depth = indices.shape[-1]
    inner, kind = x.shape[depth:], x.dtype
    updates = torch.broadcast_to(tensor(updates).to(kind), (*indices.shape[:-1], *inner))
    if kind in UNSIGNED or kind is torch.bool:
        return scatter(x.to(torch.int64), indices, updates.to(torch.int64), mode).to(kind)
    rows = math.prod(x.shape[:depth])
    flat = torch.zeros(indices.shape[:-1], dtype=torch.int64, device=x.device)
    for i, size in enumerate(x.shape[:depth]):
        place = indices[..., i]
        flat = flat * size + torch.where(place < 0, place + size, place)
    flat = flat.reshape(-1)
    table, source = x.reshape(rows, *inner), updates.reshape(flat.shape[0], *inner)
    if mode == "set":
        found = table.index_put((flat,), source)
    elif mode == "add":
        found = table.index_add(0, flat, source)
    else:
        name = {"multiply": "prod", "max": "amax", "min": "amin"}[mode]
        places = flat.reshape(-1, *(1 for _ in inner)).expand(source.shape)
        found = table.scatter_reduce(0, places, source, name, include_self=True)
    return found.reshape(x.shape)


def segment_sum(data: Any, segment_ids: Any, num_segments: int) -> torch.Tensor:
    data, ids = tensor(data), tensor(segment_ids).to(torch.int64)
    kind = data.dtype
    if kind in UNSIGNED or kind is torch.bool:
        return segment_sum(data.to(torch.int64), ids, num_segments).to(kind)
    # What is out of range goes to a row of its own, which is dropped.
    ids = torch.where((ids >= 0) & (ids < num_segments), ids, num_segments)
    total = torch.zeros((num_segments + 1, *data.shape[1:]), dtype=kind, device=data.device)
    return total.index_add(0, ids, data)[:num_segments]


def _starts(starts: Any) -> list[Any]:
    if isinstance(starts, (list, tuple)):
        return [as_tensor(s) for s in starts]
    return list(tensor(starts).to(torch.int64).unbind())


def _window(x: torch.Tensor, starts: Any, sizes: Any) -> list[torch.Tensor]:
    """The places of a window along each axis, moved inside if it sticks out."""
    places = []
    for start, size, n in zip(_starts(starts), sizes, x.shape):
        start = torch.clamp(start, 0, n - size) if isinstance(start, torch.Tensor) else min(max(start, 0), n - size)
        places.append(torch.arange(size, device=x.device) + start)
    return places


def dynamic_slice(x: Any, starts: Any, sizes: Any) -> torch.Tensor:
    x = tensor(x)
    sizes = [n if size == -1 else int(size) for size, n in zip(sizes, x.shape)]
    for axis, (places, size) in enumerate(zip(_window(x, starts, sizes), sizes)):
        if size != x.shape[axis]:
            x = torch.index_select(x, axis, places)
    return x


def dynamic_update_slice(x: Any, update: Any, starts: Any) -> torch.Tensor:
    x, update = tensor(x), tensor(update)
    if not x.ndim:
        return update.to(x.dtype)
    places = _window(x, starts, update.shape)
    grid = tuple(p.reshape([-1 if i == axis else 1 for i in range(x.ndim)]) for axis, p in enumerate(places))
    return torch.index_put(x, grid, update.to(x.dtype))


# --- recurrent --------------------------------------------------------------------------------------------------------


def _recurrence(
    run: Any, x: Any, states: Any, kernel: Any, recurrent: Any, biases: Any, reverse: bool, sequences: bool
) -> tuple[torch.Tensor, ...]:
    """`run` is torch's own kernel on weights as torch lays them out; 16-bit floats are computed in float32 on the CPU."""
    x = tensor(x)
    kind = x.dtype
    wide = kind if kind in _WIDE or (x.is_cuda and kind in (torch.float16, torch.bfloat16)) else torch.float32
    x = (torch.flip(x, (1,)) if reverse else x).to(wide)
    states = [tensor(h).to(wide).contiguous().unsqueeze(0) for h in states]
    weights = [tensor(w).to(wide).t().contiguous() for w in (kernel, recurrent)]
    weights += [b.to(wide).contiguous() for b in biases]
    training = x.requires_grad or any(w.requires_grad for w in weights)
    hx = tuple(states) if len(states) > 1 else states[0]
    output, *last = run(x, hx, weights, bool(biases), 1, 0.0, training, False, True)
    return (output if sequences else output[:, -1]).to(kind), *(h[0].to(kind) for h in last)


def simple_rnn(
    x: Any, h0: Any, kernel: Any, recurrent: Any, bias: Any = None, reverse: bool = False, sequences: bool = True
) -> torch.Tensor:
    biases = [] if bias is None else [tensor(bias), torch.zeros_like(tensor(bias))]
    return _recurrence(torch._VF.rnn_tanh, x, (h0,), kernel, recurrent, biases, reverse, sequences)[0]


def lstm(
    x: Any, h0: Any, c0: Any, kernel: Any, recurrent: Any, bias: Any = None, reverse: bool = False,
    sequences: bool = True,
) -> tuple[torch.Tensor, torch.Tensor]:  # fmt: skip
    """torch's gates stand in the same order."""
    biases = [] if bias is None else [tensor(bias), torch.zeros_like(tensor(bias))]
    states, _, cell = _recurrence(torch._VF.lstm, x, (h0, c0), kernel, recurrent, biases, reverse, sequences)
    return states, cell


def gru(
    x: Any, h0: Any, kernel: Any, recurrent: Any, bias: Any = None, reverse: bool = False, sequences: bool = True
) -> torch.Tensor:
    """torch has the reset gate before the update gate."""
    kernel, recurrent = (_gates_swapped(tensor(w)) for w in (kernel, recurrent))
    biases = [] if bias is None else list(_gates_swapped(tensor(bias)).unbind())
    return _recurrence(torch._VF.gru, x, (h0,), kernel, recurrent, biases, reverse, sequences)[0]


def _gates_swapped(w: torch.Tensor) -> torch.Tensor:
    z, r, h = w.chunk(3, -1)
    return torch.cat([r, z, h], -1)


# --- convolution and pooling ------------------------------------------------------------------------------------------
#
# lamina's layout is channels last. Seen through a permutation of axes, that is what torch calls the channels_last memory
# format: its kernels take it and give it without a copy. Where there is one spatial axis, it becomes two, since only
# then there are such kernels.


def _to_torch(x: torch.Tensor) -> torch.Tensor:
    return x.permute(0, x.ndim - 1, *range(1, x.ndim - 1))


def _from_torch(x: torch.Tensor) -> torch.Tensor:
    return x.permute(0, *range(2, x.ndim), 1)


def _tuple(value: Any, rank: int) -> tuple[int, ...]:
    return (int(value),) * rank if isinstance(value, (int, np.integer)) else tuple(int(v) for v in value)


def _split_padding(padding: Any) -> tuple[list[int], list[tuple[int, int]]]:
    """What torch's kernels can pad themselves, the same on both sides, and what is left."""
    both = [min(pair) for pair in padding]
    return both, [(a - n, b - n) for n, (a, b) in zip(both, padding)]


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
    both, rest = _split_padding(padding)
    weight = kernel.permute(rank + 1, rank, *range(rank))
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
    weight = kernel.permute(rank + 1, rank, *range(rank))
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
    if x.dtype not in _WIDE and not x.is_cuda:
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


# --- kernels that an engine may have ----------------------------------------------------------------------------------


def attention(query: Any, key: Any, value: Any, scale: float, bias: Any = None, allowed: Any = None) -> torch.Tensor:
    """softmax(scale · Q Kᵀ + bias) V for `(batch, steps, heads, size)`; where `allowed` is False there is no weight.

    torch's kernel never makes the matrix of weights. It has no second derivative, so nested differentiation goes without.
    """
    query, key, value = tensor(query), tensor(key), tensor(value)
    kind = query.dtype
    if kind not in _WIDE and not query.is_cuda:
        query, key, value = (x.to(torch.float32) for x in (query, key, value))
    shared = query.shape[2] // key.shape[2]
    q, k, v = (x.transpose(1, 2) for x in (query, key, value))
    if shared > 1:
        k, v = (torch.repeat_interleave(x, shared, 1) for x in (k, v))
    added = None if bias is None else tensor(bias).to(q.dtype)
    if allowed is not None:
        # Finite, so that a row without any True entry gives no NaN.
        never = torch.full((), -0.7 * torch.finfo(q.dtype).max, dtype=q.dtype, device=q.device)
        allowed = tensor(allowed)
        added = torch.where(allowed, torch.zeros_like(never) if added is None else added, never)
    if added is not None:
        added = torch.broadcast_to(added, (*torch.broadcast_shapes(added.shape[:-2], (1, 1)), *added.shape[-2:]))
    if depth_of_differentiation() > 1:
        with sdpa_kernel(SDPBackend.MATH):
            y = F.scaled_dot_product_attention(q, k, v, added, scale=scale)
    else:
        y = F.scaled_dot_product_attention(q, k, v, added, scale=scale)
    return y.transpose(1, 2).to(kind)


def batch_norm(
    x: Any, gamma: Any = None, beta: Any = None, epsilon: float = 1e-3
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """`x` normalised over all axes but the last, its mean and its variance."""
    x = tensor(x)
    flat = x.reshape(1, -1, 1, x.shape[-1]).permute(0, 3, 1, 2)  # whatever the rank, channels_last to torch
    gamma, beta = (None if v is None else tensor(v) for v in (gamma, beta))
    y, mean, inverse = torch.native_batch_norm(flat, gamma, beta, None, None, True, 0.0, epsilon)
    variance = torch.clamp(1 / torch.square(inverse) - epsilon, min=0)
    return y.permute(0, 2, 3, 1).reshape(x.shape), mean, variance
