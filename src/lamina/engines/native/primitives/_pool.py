"""Pooling of any rank over `(batch, *spatial, channels)`: one pass for each place in the window, no copies of windows."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .._cut import samples
from .._emit import Emit
from .._graph import Node, Spec
from .._primitive import MOVES, Bound, Primitive
from .._threads import over_tiles
from .._tracer import Tracer
from ._arithmetic import add
from ._pool_emit import can_pool, emit_combine, emit_max_grad, emit_spread
from ._relu import relu
from ._rewriting import made_by
from ._windows import Ints, Pairs, output_sizes

SAMPLE_BYTES = 2 << 20  # what the samples worked on at a time may take, to stay in the L2 cache


def _places(whole: np.ndarray, window: Ints, strides: Ints, sizes: Ints) -> list[np.ndarray]:
    """For each place in the window, a view of what stands there in all windows of a padded array."""
    return [
        whole[(slice(None), *(slice(p, p + s * (n - 1) + 1, s) for p, s, n in zip(place, strides, sizes)))]
        for place in np.ndindex(*window)
    ]


def _sizes(x: Any, window: Ints, strides: Ints, padding: Pairs) -> Ints:
    return output_sizes(x.shape[1:-1], window, strides, padding, (1,) * len(window))


def _pool_shape(x: Any, window: Ints, strides: Ints, padding: Pairs) -> Spec:
    return Spec((x.shape[0], *_sizes(x, window, strides, padding), x.shape[-1]), x.dtype)


def _inside(whole: np.ndarray, spatial: Ints, padding: Pairs) -> np.ndarray:
    return whole[(slice(None), *(slice(a, a + n) for n, (a, _) in zip(spatial, padding)))]


def _padded_shape(spatial: Ints, padding: Pairs) -> Ints:
    return tuple(n + a + b for n, (a, b) in zip(spatial, padding))


def _samples(shape: Ints, itemsize: int) -> int:
    return max(1, min(shape[0], SAMPLE_BYTES // max(1, math.prod(shape[1:]) * itemsize)))


def _parts(shape: Ints, itemsize: int) -> Iterator[slice]:
    size = _samples(shape, itemsize)
    return (slice(a, min(a + size, shape[0])) for a in range(0, shape[0], size))


def _pad_spec(shape: Ints, padding: Pairs, dtype: Any) -> Spec:
    """Room for the padded samples that are worked on at a time."""
    if not any(a or b for a, b in padding):
        return Spec((0,), dtype)
    return Spec((_samples(shape, dtype.itemsize), *_padded_shape(shape[1:-1], padding), shape[-1]), dtype)


def _padded(x: np.ndarray, padding: Pairs, work: np.ndarray) -> tuple[np.ndarray, Callable[[float], None]]:
    """The samples with room around them, and what fills it in at each run."""
    if work.size == 0:
        return x, lambda border: None
    whole = work[: len(x)]
    inside = _inside(whole, x.shape[1:-1], padding)

    def fill(border: float) -> None:
        whole.fill(border)
        np.copyto(inside, x)

    return whole, fill


def _on_tiles(primitive: Primitive, arrays: tuple[Any, ...], out: Any, params: dict[str, Any], each: int) -> np.ndarray:
    """The bound form on a few samples at a time, on all threads."""
    spec = primitive.output_specs(list(arrays), params)[0]
    result = np.empty(spec.shape, spec.dtype) if out is None else out
    over_tiles(lambda a, b: primitive.fill([x[a:b] for x in arrays], [result[a:b]], **params), len(arrays[0]), each)
    return result


# --- sums over windows ------------------------------------------------------------------------------------------------


def _bind_window_sum(
    inputs: Any, outputs: Any, work: Any, window: Ints, strides: Ints, padding: Pairs
) -> Callable[[], None]:
    return _bind_combine(inputs[0], outputs[0], work[0], window, strides, padding, np.add, 0)


def _bind_combine(
    x: np.ndarray, out: np.ndarray, work: np.ndarray, window: Ints, strides: Ints, padding: Pairs, ufunc: np.ufunc,
    border: float,
) -> Callable[[], None]:  # fmt: skip
    sizes = _sizes(x, window, strides, padding)
    tiles = []
    for part in _parts(x.shape, x.itemsize):
        whole, pad = _padded(x[part], padding, work)
        first, *others = _places(whole, window, strides, sizes)
        tiles.append((pad, first, others, out[part]))

    def run() -> None:
        for pad, first, others, total in tiles:
            pad(border)
            if not others:
                np.copyto(total, first)
                continue
            ufunc(first, others[0], out=total)
            for place in others[1:]:
                ufunc(total, place, out=total)

    return run


window_sum = Primitive(
    "window_sum",
    forward=lambda x, out=None, **how: _on_tiles(window_sum, (x,), out, how, x[:1].nbytes),
    shape=_pool_shape,
    vjp=(
        lambda g, y, x, window, strides, padding: window_spread(
            g, spatial=x.shape[1:-1], window=window, strides=strides, padding=padding
        ),
    ),
    cut=samples,
    bound=Bound(bind=_bind_window_sum, workspace=lambda x, padding, **_: (_pad_spec(x.shape, padding, x.dtype),)),
    emit=Emit(
        loops=lambda f, inputs, outputs, work, **how: emit_combine(f, f.add, 0, inputs, outputs, work, **how),
        takes_work=True,
        can=can_pool,
    ),
)

# --- and their transpose ----------------------------------------------------------------------------------------------


def _bind_window_spread(
    inputs: Any, outputs: Any, work: Any, spatial: Ints, window: Ints, strides: Ints, padding: Pairs
) -> Callable[[], None]:
    (g,), (out,) = inputs, outputs
    tiles = []
    for part in _parts(out.shape, out.itemsize):
        whole, finish = _whole(out[part], padding, work[0])
        tiles.append((g[part], whole, finish, _places(whole, window, strides, g.shape[1:-1])))

    def run() -> None:
        for grad, whole, finish, places in tiles:
            whole.fill(0)
            for place in places:
                np.add(place, grad, out=place)
            finish()

    return run


def _whole(out: np.ndarray, padding: Pairs, work: np.ndarray) -> tuple[np.ndarray, Callable[[], None]]:
    """Where to write gradients of padded samples, and what brings them to `out`."""
    if work.size == 0:
        return out, lambda: None
    whole = work[: len(out)]
    inside = _inside(whole, out.shape[1:-1], padding)
    return whole, lambda: np.copyto(out, inside)


window_spread = Primitive(
    "window_spread",
    forward=lambda g, out=None, **how: _on_tiles(window_spread, (g,), out, how, g[:1].nbytes),
    shape=lambda g, spatial, window, strides, padding: Spec((g.shape[0], *spatial, g.shape[-1]), g.dtype),
    vjp=(lambda gg, y, g, spatial, **how: window_sum(gg, **how),),
    cut=samples,
    cost=MOVES,
    bound=Bound(
        bind=_bind_window_spread,
        workspace=lambda g, spatial, padding, **_: (_pad_spec((g.shape[0], *spatial, g.shape[-1]), padding, g.dtype),),
    ),
    emit=Emit(loops=emit_spread, takes_work=True, can=can_pool),
)

# --- the largest of each window ---------------------------------------------------------------------------------------


def _bind_max_pool(
    inputs: Any, outputs: Any, work: Any, window: Ints, strides: Ints, padding: Pairs
) -> Callable[[], None]:
    lowest = _lowest(inputs[0].dtype)
    return _bind_combine(inputs[0], outputs[0], work[0], window, strides, padding, np.maximum, lowest)


def _lowest(dtype: np.dtype) -> Any:
    return -np.inf if dtype.kind == "f" or dtype.name == "bfloat16" else np.iinfo(dtype).min


max_pool = Primitive(
    "max_pool",
    forward=lambda x, out=None, **how: _on_tiles(max_pool, (x,), out, how, x[:1].nbytes),
    shape=_pool_shape,
    vjp=(lambda g, y, x, **how: max_pool_grad(g, x, y, **how),),
    cut=samples,
    bound=Bound(bind=_bind_max_pool, workspace=lambda x, padding, **_: (_pad_spec(x.shape, padding, x.dtype),)),
    emit=Emit(
        loops=lambda f, inputs, outputs, work, **how: emit_combine(
            f, f.maximum, _lowest(inputs[0].dtype), inputs, outputs, work, **how
        ),
        takes_work=True,
        can=can_pool,
    ),
)


def pool_early(x: Any, **how: Any) -> Any:
    """The largest of each window; of relu(a + bias) it is relu(max(a) + bias), which touches a fraction of the data."""
    clipped = _made_by(relu, x)
    if clipped is None:
        return max_pool(x, **how)
    inner = Tracer(clipped.inputs[0], x.trace)
    shifted = _made_by(add, inner)
    if shifted is not None:
        a, b = shifted.inputs
        if a.shape == inner.shape and not b.is_constant and b.shape and math.prod(b.shape) == b.shape[-1]:
            return relu(add(max_pool(Tracer(a, x.trace), **how), Tracer(b, x.trace)))
    return relu(max_pool(inner, **how))


def _made_by(primitive: Primitive, x: Any) -> Node | None:
    return made_by(primitive, x.ref) if isinstance(x, Tracer) and not x.trace.eager else None


# --- its gradient: sends g to the place of each window's largest entry; of equals, the first gets it ------------------


def _max_pool_grad_workspace(g: Any, x: Any, y: Any, padding: Pairs, **_: Any) -> tuple[Spec, ...]:
    few = (_samples(x.shape, x.dtype.itemsize), *y.shape[1:])
    pad = _pad_spec(x.shape, padding, x.dtype)
    return pad, Spec(pad.shape, g.dtype), Spec(few, g.dtype), Spec(few, g.dtype), Spec(few, np.dtype(bool))


def _bind_max_pool_grad(
    inputs: Any, outputs: Any, work: Any, window: Ints, strides: Ints, padding: Pairs
) -> Callable[[], None]:
    (g, x, y), (out,) = inputs, outputs
    lowest, sizes = _lowest(x.dtype), y.shape[1:-1]
    # Windows side by side: every place is written once.
    apart = all(s >= k for s, k in zip(strides, window))
    covered = all(s == k and n * s == m for s, k, n, m in zip(strides, window, sizes, x.shape[1:-1]))
    tiles = []
    for part in _parts(x.shape, x.itemsize):
        padded, pad = _padded(x[part], padding, work[0])
        whole, finish = _whole(out[part], padding, work[1])
        n = len(x[part])
        pairs = list(zip(_places(padded, window, strides, sizes), _places(whole, window, strides, sizes)))
        tiles.append((pad, finish, whole, g[part], y[part], work[2][:n], work[3][:n], work[4][:n], pairs))

    def run() -> None:
        for pad, finish, whole, grad, largest, rest, mine, mask, pairs in tiles:
            pad(lowest)
            if not (apart and covered):
                whole.fill(0)
            np.copyto(rest, grad)
            for place, target in pairs[:-1]:
                np.equal(place, largest, out=mask)
                if apart:
                    np.multiply(rest, mask, out=target)
                    np.subtract(rest, target, out=rest)
                else:
                    np.multiply(rest, mask, out=mine)
                    np.subtract(rest, mine, out=rest)
                    np.add(target, mine, out=target)
            # What no other place has taken belongs to the last.
            target = pairs[-1][1]
            if apart:
                np.copyto(target, rest)
            else:
                np.add(target, rest, out=target)
            finish()

    return run


max_pool_grad = Primitive(
    "max_pool_grad",
    forward=lambda g, x, y, out=None, **how: _on_tiles(max_pool_grad, (g, x, y), out, how, 2 * x[:1].nbytes),
    shape=lambda g, x, y, **_: Spec(x.shape, g.dtype),
    vjp=(
        lambda gg, t, g, x, y, **how: max_pool_pick(gg, x, y, **how),
        lambda gg, t, g, x, y, **how: None,
        lambda gg, t, g, x, y, **how: None,
    ),
    cut=samples,
    bound=Bound(bind=_bind_max_pool_grad, workspace=_max_pool_grad_workspace),
    emit=Emit(
        loops=lambda f, inputs, *others, **how: emit_max_grad(f, _lowest(inputs[1].dtype), inputs, *others, **how),
        takes_work=True,
        can=can_pool,
    ),
)

# --- and its transpose: the entries of `values` where each window of x is largest -------------------------------------


def _max_pool_pick(
    values: np.ndarray, x: np.ndarray, y: np.ndarray, window: Ints, strides: Ints, padding: Pairs, out: Any = None
) -> np.ndarray:
    shape = (len(x), *_padded_shape(x.shape[1:-1], padding), x.shape[-1])
    padded, pad = _padded(x, padding, np.empty(shape if shape != x.shape else 0, x.dtype))
    padded_values, pad_values = _padded(values, padding, np.empty(shape if shape != x.shape else 0, values.dtype))
    pad(_lowest(x.dtype))
    pad_values(0)
    total, free = np.zeros(y.shape, values.dtype), np.ones(y.shape, bool)
    sizes = y.shape[1:-1]
    for place, value in zip(_places(padded, window, strides, sizes), _places(padded_values, window, strides, sizes)):
        chosen = (place == y) & free
        free &= ~chosen
        total += value * chosen
    return total


max_pool_pick = Primitive(
    "max_pool_pick",
    forward=_max_pool_pick,
    shape=lambda values, x, y, **_: Spec(y.shape, values.dtype),
    vjp=(
        lambda g, t, values, x, y, **how: max_pool_grad(g, x, y, **how),
        lambda g, t, values, x, y, **how: None,
        lambda g, t, values, x, y, **how: None,
    ),
    cut=samples,
)
