"""Kernels beyond NumPy's namespace."""

from typing import Any

import numpy as np

from ._dtypes import FLOAT32, INT32, is_float
from ._operands import to_array, to_dtype
from ._tracer import Tracer
from .primitives import _batch_norm as b
from .primitives import _conv as c
from .primitives import _erf as e
from .primitives import _gather as g
from .primitives import _pool as p
from .primitives import _softmax as s
from .primitives import _take as k
from .primitives._gru import gru as gru_kernel
from .primitives._lstm import lstm as lstm_kernel
from .primitives._relu import relu as relu_primitive
from .primitives._rewriting import made_by as call_of
from .primitives._simple_rnn import simple_rnn as simple_rnn_kernel

relu = relu_primitive.apply
erf = e.erf.apply
erfinv = e.erfinv.apply
lgamma = e.lgamma.apply
digamma = e.digamma.apply
sigmoid = e.sigmoid.apply
softplus = e.softplus.apply


def softmax(x: Any, axis: int = -1) -> Any:
    """exp(x) over its sum along an axis, without overflow."""
    return _along(s.softmax, x, axis)


def log_softmax(x: Any, axis: int = -1) -> Any:
    """The logarithm of softmax, without overflow."""
    return _along(s.log_softmax, x, axis)


def _along(primitive: Any, x: Any, axis: int) -> Any:
    x = to_array(x)
    x = x if is_float(x.dtype) else to_dtype(x, FLOAT32)
    return primitive(x, axis=np.lib.array_utils.normalize_axis_index(axis, len(x.shape)))


def top_k(x: Any, k: int, sorted: bool = True) -> tuple[Any, Any]:
    """The k largest entries of the last axis, largest first, and their positions (int32)."""
    x = to_array(x)
    if not 0 <= k <= x.shape[-1]:
        raise ValueError(f"top_k: k must be between 0 and {x.shape[-1]}, the size of the last axis; got {k}.")
    # Stable in descending order: of equals, the first comes first.
    flipped = np.flip(x, -1)
    order = x.shape[-1] - 1 - np.flip(np.argsort(flipped, axis=-1), -1)
    indices = order[..., :k]
    return np.take_along_axis(x, indices, axis=-1), to_dtype(indices, np.dtype("int32"))


EXACT = 1024  # products of two int8 that float32 adds up exactly: their sum is at most 2^24


def int8_matmul(a: Any, b: Any) -> Any:
    """The product of two int8 arrays in int32, exact, by float32 products of so few terms that nothing is rounded: BLAS has
    no other kernels for it."""
    a, b = to_array(a), to_array(b)
    total = None
    for start in range(0, a.shape[-1], EXACT):
        stop = min(start + EXACT, a.shape[-1])
        left = to_dtype(a[..., start:stop], FLOAT32)
        right = to_dtype(b[start:stop] if len(b.shape) == 1 else b[..., start:stop, :], FLOAT32)
        part = to_dtype(np.matmul(left, right), INT32)
        total = part if total is None else total + part
    return np.matmul(to_dtype(a, INT32), to_dtype(b, INT32)) if total is None else total


def bitcast(x: Any, dtype: Any) -> Any:
    """The bytes of `x` read as another dtype; the last axis shrinks or grows with its size."""
    return x.view(dtype)


def take_rows(x: Any, places: Any) -> Any:
    """`x[places]` for places known to lie within the first axis: no check at run time."""
    return k.take(to_array(x), to_array(places), axis=0, trusted=True)


def scatter(x: Any, indices: Any, updates: Any, mode: str = "set") -> Any:
    """`x` with `updates` written ("set"), added, multiplied, or taken as max or min at `indices`.

    `indices`: `(..., k)` integers, places on the first k axes; `updates`: `(..., *x.shape[k:])`.
    """
    x = to_array(x)
    indices = k.as_index(indices)
    updates = to_dtype(to_array(updates), x.dtype)
    columns = [indices[..., i] for i in range(indices.shape[-1])]
    updates = np.broadcast_to(updates, (*indices.shape[:-1], *x.shape[indices.shape[-1] :]))
    return g.scatter(x, updates, *columns, mode=mode)


def segment_sum(data: Any, segment_ids: Any, num_segments: int) -> Any:
    """Sums of the rows of `data` with equal ids; ids out of range are dropped."""
    data, ids = to_array(data), k.as_index(segment_ids)
    inside = (ids >= 0) & (ids < num_segments)
    rows = np.where(np.reshape(inside, (-1,) + (1,) * (len(data.shape) - 1)), data, 0)
    return k.take_grad(to_dtype(rows, data.dtype), np.where(inside, ids, 0), axis=0, size=int(num_segments))


def dynamic_slice(x: Any, starts: Any, sizes: Any) -> Any:
    """The window of `sizes` at `starts`, moved inside if it sticks out."""
    x, starts, sizes = to_array(x), k.as_index(_vector(starts)), tuple(int(n) for n in sizes)
    if isinstance(x, Tracer) and isinstance(starts, np.ndarray):  # a slice like any other
        return x[g.window(starts, sizes, x.shape)]
    return g.dynamic_slice(x, starts, sizes=sizes)


def dynamic_update_slice(x: Any, update: Any, starts: Any) -> Any:
    """`x` with `update` written at `starts`."""
    x = to_array(x)
    return g.dynamic_update_slice(x, to_dtype(to_array(update), x.dtype), k.as_index(_vector(starts)))


def _vector(starts: Any) -> Any:
    return np.stack([to_array(s) for s in starts]) if isinstance(starts, (list, tuple)) else to_array(starts)


def conv(x: Any, kernel: Any, strides: Any, padding: Any, dilation: Any, groups: int) -> Any:
    """Convolution of any rank.

    x `(batch, *spatial, channels)`, kernel `(*window, channels // groups, filters)`; strides and dilation an int, padding
    a pair (before, after) for each spatial axis. Returns `(batch, *positions, filters)`.
    """
    return c.conv(to_array(x), to_array(kernel), strides=strides, padding=padding, dilation=dilation, groups=groups)


def conv_transpose(x: Any, kernel: Any, spatial: Any, strides: Any, padding: Any, dilation: Any, groups: int) -> Any:
    """The transpose of `conv` in its input: from `(batch, *positions, filters)` to `(batch, *spatial, channels)`."""
    return c.conv_input_grad(
        to_array(x),
        to_array(kernel),
        spatial=spatial,
        strides=strides,
        padding=padding,
        dilation=dilation,
        groups=groups,
    )


# What the losses may ask for by name.
_CALLED = {"softmax": s.softmax, "sigmoid": e.sigmoid}


def made_by(name: str, y: Any, **params: Any) -> Any:
    """The x of which y is `name(x)`, if the function being traced has just computed it so; else None."""
    if not isinstance(y, Tracer) or y.trace.eager:
        return None
    node = call_of(_CALLED[name], y.ref)
    return None if node is None or node.params != params else Tracer(node.inputs[0], y.trace)


def max_pool(x: Any, window: Any, strides: Any, padding: Any) -> Any:
    """The largest entry of each window of x `(batch, *spatial, channels)`; padding counts as lowest."""
    return p.pool_early(to_array(x), window=window, strides=strides, padding=padding)


def window_sum(x: Any, window: Any, strides: Any, padding: Any) -> Any:
    """The sum of each window of x `(batch, *spatial, channels)`; padding counts as zero."""
    return p.window_sum(to_array(x), window=window, strides=strides, padding=padding)


def batch_norm(x: Any, gamma: Any = None, beta: Any = None, epsilon: float = 1e-3) -> tuple[Any, Any, Any]:
    """`x` normalised over all axes but the last, its mean and its variance."""
    gamma, beta = (None if v is None else to_array(v) for v in (gamma, beta))
    return b.batch_norm(to_array(x), gamma, beta, epsilon)


def simple_rnn(
    x: Any, h0: Any, kernel: Any, recurrent: Any, bias: Any = None, reverse: bool = False, sequences: bool = True,
    mask: Any = None,
) -> Any:  # fmt: skip
    """States h = tanh(x·kernel + h·recurrent + bias) over the steps of x `(batch, steps, features)`.

    Returns `(batch, steps, units)` in the order of processing (last step first with `reverse`), or with
    `sequences=False` the last state `(batch, units)`. Where `mask`, `(batch, steps)`, is False, the state stays.
    """
    weights = kernel, recurrent, bias, (recurrent.shape[1],)
    return _recurrence(simple_rnn_kernel, x, (h0,), *weights, reverse, sequences, mask)[0]


def lstm(
    x: Any, h0: Any, c0: Any, kernel: Any, recurrent: Any, bias: Any = None, reverse: bool = False,
    sequences: bool = True, mask: Any = None,
) -> tuple[Any, Any]:  # fmt: skip
    """LSTM, gates in the order i, f, c, o on the last axis of kernel, recurrent and bias. Returns the states as
    `simple_rnn` does, and the last cell `(batch, units)`."""
    weights = kernel, recurrent, bias, (recurrent.shape[1],)
    outputs = _recurrence(lstm_kernel, x, (h0, c0), *weights, reverse, sequences, mask)
    return outputs[0], outputs[1]


def gru(
    x: Any, h0: Any, kernel: Any, recurrent: Any, bias: Any = None, reverse: bool = False, sequences: bool = True,
    mask: Any = None,
) -> Any:  # fmt: skip
    """GRU, gates in the order z, r, h, the reset gate applied after the product; bias `(2, 3 units)`. Returns the states
    as `simple_rnn` does."""
    weights = kernel, recurrent, bias, (2, recurrent.shape[1])
    return _recurrence(gru_kernel, x, (h0,), *weights, reverse, sequences, mask)[0]


def _recurrence(
    primitive: Any, x: Any, states: Any, kernel: Any, recurrent: Any, bias: Any, bias_shape: Any, reverse: bool,
    sequences: bool, mask: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """Applies a recurrent primitive; 16-bit floats are computed in float32."""
    x = to_array(x)
    dtype = x.dtype
    wide = dtype if dtype in (np.dtype("float32"), np.dtype("float64")) else FLOAT32
    bias = np.zeros(bias_shape, wide) if bias is None else bias
    operands = [to_dtype(to_array(a), wide) for a in (x, *states, kernel, recurrent, bias)]
    if mask is not None:
        operands.append(to_dtype(to_array(mask), np.dtype("bool")))
    outputs = primitive(*operands, reverse=reverse, sequences=sequences)
    return tuple(to_dtype(y, dtype) for y in outputs[: len(states)])
