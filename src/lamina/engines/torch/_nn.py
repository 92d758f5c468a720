"""Kernels beyond the array namespace."""

import math
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

from ._conv import conv as conv
from ._conv import conv_transpose as conv_transpose
from ._conv import max_pool as max_pool
from ._conv import window_sum as window_sum
from ._dtypes import UNSIGNED, WIDE, torch_dtype
from ._shapes import axes_of
from ._tensors import as_tensor, depth_of_differentiation, tensor


def made_by(name: str, y: Any, **params: Any) -> None:
    """None: a tensor here does not tell how it was made."""


def relu(x: Any) -> torch.Tensor:
    return torch.relu(tensor(x))


def sigmoid(x: Any) -> torch.Tensor:
    return torch.sigmoid(tensor(x))


def softplus(x: Any) -> torch.Tensor:
    return -F.logsigmoid(-tensor(x))  # F.softplus turns linear above a threshold


def softmax(x: Any, axis: int = -1) -> torch.Tensor:
    return _along(torch.softmax, x, axis)


def log_softmax(x: Any, axis: int = -1) -> torch.Tensor:
    return _along(torch.log_softmax, x, axis)


def _along(function: Callable[..., Any], x: Any, axis: int) -> torch.Tensor:
    x = _floating(x)
    axes_of(axis, x.ndim)  # without values PyTorch does not look
    return function(x, axis)


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
    wide = kind if kind in WIDE or (x.is_cuda and kind in (torch.float16, torch.bfloat16)) else torch.float32
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


# --- kernels that an engine may have ----------------------------------------------------------------------------------


def attention(query: Any, key: Any, value: Any, scale: float, bias: Any = None, allowed: Any = None) -> torch.Tensor:
    """softmax(scale · Q Kᵀ + bias) V for `(batch, steps, heads, size)`; where `allowed` is False there is no weight.

    torch's kernel never makes the matrix of weights. It has no second derivative, so nested differentiation goes without.
    """
    query, key, value = tensor(query), tensor(key), tensor(value)
    kind = query.dtype
    if kind not in WIDE and not query.is_cuda:
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


def layer_norm(x: Any, axes: int, gamma: Any = None, beta: Any = None, epsilon: float = 1e-3) -> torch.Tensor:
    """`x` normalised over its last `axes` axes."""
    x = tensor(x)
    gamma, beta = (None if v is None else tensor(v) for v in (gamma, beta))
    return F.layer_norm(x, x.shape[x.ndim - axes :], gamma, beta, epsilon)


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
