"""What stands in the NumPy file's function for its helpers, on PyTorch. Loaded when a model is exported so."""

import math
from typing import Any

import torch
from torch.nn import functional

from ._torch_numpy import torch_numpy


def first(x: Any) -> Any:
    return x.movedim(-1, 1)


def last(x: Any) -> Any:
    return x.movedim(1, -1)


def roomy(x: Any, padding: Any, value: float) -> Any:
    flat = [n for pair in reversed(padding) for n in pair]
    return functional.pad(x, flat, value=value) if any(flat) else x


def conv(x: Any, kernel: Any, strides: Any, padding: Any, dilation: Any, groups: Any) -> Any:
    function = getattr(functional, f"conv{len(strides)}d")
    weights = kernel.movedim((-1, -2), (0, 1))
    return last(function(roomy(first(x), padding, 0), weights, None, strides, 0, dilation, groups))


def conv_transpose(g: Any, kernel: Any, spatial: Any, strides: Any, padding: Any, dilation: Any, groups: Any) -> Any:
    function = getattr(functional, f"conv_transpose{len(strides)}d")
    weights = kernel.movedim((-1, -2), (0, 1))
    whole = function(first(g), weights, None, strides, 0, 0, groups, dilation)
    room = [(0, max(0, n + a + b - m)) for n, (a, b), m in zip(spatial, padding, whole.shape[2:])]
    whole = roomy(whole, room, 0)
    return last(whole[(..., *(slice(a, a + n) for n, (a, _) in zip(spatial, padding)))])


def max_pool(x: Any, window: Any, strides: Any, padding: Any) -> Any:
    pool = getattr(functional, f"max_pool{len(window)}d")
    return last(pool(roomy(first(x), padding, -math.inf), window, strides))


def window_sum(x: Any, window: Any, strides: Any, padding: Any) -> Any:
    pool = getattr(functional, f"avg_pool{len(window)}d")
    return last(pool(roomy(first(x), padding, 0), window, strides)) * math.prod(window)


def part(x: Any, index: Any) -> Any:
    """x[index] where steps may be negative."""
    turned = [a for a, i in enumerate(index) if isinstance(i, slice) and (i.step or 1) < 0]
    if turned:
        x = torch.flip(x, turned)
        index = [turned_slice(i, n) if a in turned else i for a, (i, n) in enumerate(zip(index, x.shape))]
    return x[tuple(index)]


def turned_slice(i: slice, n: int) -> slice:
    r = range(*i.indices(n))
    return slice(n - 1 - r.start, n - 1 - r.start + len(r) * -r.step, -r.step) if len(r) else slice(0, 0)


def over_steps(cell: Any, state: Any, rows: Any, mask: Any, reverse: bool, sequences: bool) -> Any:
    states = []
    for t in range(rows.shape[1])[:: -1 if reverse else 1]:
        new = cell(state, rows[:, t])
        state = new if mask is None else [torch.where(mask[:, t, None], a, b) for a, b in zip(new, state)]
        states.append(state[0])
    return (torch.stack(states, 1) if sequences else state[0]), state


def simple_rnn(x: Any, h: Any, kernel: Any, recurrent: Any, bias: Any, mask: Any = None, **how: Any) -> Any:
    return over_steps(lambda s, row: [torch.tanh(row + s[0] @ recurrent)], [h], x @ kernel + bias, mask, **how)[0]


def lstm(x: Any, h: Any, c: Any, kernel: Any, recurrent: Any, bias: Any, mask: Any = None, **how: Any) -> Any:
    def cell(state: Any, row: Any) -> Any:
        i, f, g, o = torch.chunk(row + state[0] @ recurrent, 4, -1)
        c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
        return [torch.sigmoid(o) * torch.tanh(c), c]

    states, found = over_steps(cell, [h, c], x @ kernel + bias, mask, **how)
    return states, found[1]


def gru(x: Any, h: Any, kernel: Any, recurrent: Any, bias: Any, mask: Any = None, **how: Any) -> Any:
    def cell(state: Any, row: Any) -> Any:
        z, r, n = torch.chunk(row, 3, -1)
        mz, mr, mn = torch.chunk(state[0] @ recurrent + bias[1], 3, -1)
        z, r = torch.sigmoid(z + mz), torch.sigmoid(r + mr)
        return [z * state[0] + (1 - z) * torch.tanh(n + r * mn)]

    return over_steps(cell, [h], x @ kernel + bias[0], mask, **how)[0]


def scan(body: Any, carry: Any, sequences: Any, fixed: Any, length: int, reverse: bool) -> Any:
    rows = []
    for i in range(length)[:: -1 if reverse else 1]:
        results = body(*carry, *(s[i] for s in sequences), *fixed)
        carry, row = list(results[: len(carry)]), results[len(carry) :]
        rows.append(row)
    return [*carry, *(torch.stack(column) for column in zip(*rows[:: -1 if reverse else 1]))]


def put_into_zeros(g: Any, shape: Any, index: Any) -> Any:
    out = torch.zeros(shape, dtype=g.dtype)
    out[index] = g
    return out


def add_at(g: Any, indices: Any, axis: int, size: int) -> Any:
    flat = g.reshape(*g.shape[:axis], -1, *g.shape[axis + indices.ndim :])
    out = torch.zeros((*g.shape[:axis], size, *g.shape[axis + indices.ndim :]), dtype=g.dtype)
    return torch.index_add(out, axis, indices.reshape(-1).long(), flat)


def dynamic_slice(x: Any, starts: Any, sizes: Any) -> Any:
    for axis, size in enumerate(sizes):
        start = torch.clamp(starts[axis].long(), 0, x.shape[axis] - size)
        x = torch.index_select(x, axis, start + torch.arange(size))
    return x


NAMESPACE = {
    "np": torch_numpy(torch), "conv": conv, "conv_transpose": conv_transpose, "max_pool": max_pool, "window_sum": window_sum,
    "part": part, "scan": scan, "simple_rnn": simple_rnn, "lstm": lstm, "gru": gru, "add_at": add_at,
    "put_into_zeros": put_into_zeros, "dynamic_slice": dynamic_slice, "erf": torch.erf, "sigmoid": torch.sigmoid,
    "softplus": functional.softplus, "softmax": lambda x, axis: torch.softmax(x, axis),
    "log_softmax": lambda x, axis: torch.log_softmax(x, axis),
}  # fmt: skip
