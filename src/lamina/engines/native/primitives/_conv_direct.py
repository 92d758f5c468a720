"""Convolution and the gradient of its kernel without copied windows: many vectors of sums stay in registers.

A vector holds a sum for each of some filters side by side. A number of the samples is read once for all places in a line of
the window, so that little else than arithmetic is left. Copying windows takes up to a fifth of the time of their product, and
products of few columns are slower than those of many.
"""

from typing import Any

from ._windows import Geometry

SUMS = 24  # vectors of them that stay in the 32 registers
PLACES = 7  # in a line of the window, whose vectors stay there too
FEWEST = 8  # vectors of sums that keep the processor busy: each waits for its last addition
AT_ONCE = 2  # positions that the gradient of a kernel adds at a time
MOST_BYTES = 3 << 18  # of a kernel, which is read again for each line, from the L2 cache


def is_direct(f: Any, g: Geometry, kernel: Any, out: Any) -> bool:
    """Whether the convolution can be computed so, and is faster than products."""
    return _holds(f, g, kernel, out) and share(g.sizes[-1], SUMS) * _vectors(g, f.lanes(out.dtype)) >= FEWEST


def is_direct_kernel_grad(f: Any, g: Geometry, out: Any, grad: Any) -> bool:
    """Whether the gradient of the kernel can, and is."""
    return _holds(f, g, out, grad) and share(g.channels, SUMS // g.window[-1]) * g.window[-1] >= FEWEST


def _holds(f: Any, g: Geometry, kernel: Any, y: Any) -> bool:
    lanes = f.lanes(y.dtype)
    if not lanes or g.groups > 1 or g.filters % lanes or g.window[-1] > PLACES:
        return False
    size = g.wide * g.channels * g.filters * y.dtype.itemsize
    return size <= MOST_BYTES and kernel.strides[-1] == y.strides[-1] == y.dtype.itemsize


def share(total: int, most: int) -> int:
    """The size of even shares of at most so many."""
    return -(-total // -(-total // most))


def _vectors(g: Geometry, lanes: int) -> int:
    """Of filters at a time."""
    count, all_filters = share(g.sizes[-1], SUMS), g.filters // lanes
    fitting = [v for v in range(1, all_filters + 1) if v * count <= SUMS and v * g.window[-1] <= PLACES]
    return max((v for v in fitting if all_filters % v == 0), default=1)


def emit_direct(f: Any, g: Geometry, whole: Any, kernel: Any, out: Any) -> None:
    """out = the convolution of padded samples."""
    lanes, dtype = f.lanes(out.dtype), out.dtype
    vectors = _vectors(g, lanes)
    *lead, width = g.sizes
    with f.loops((out.shape[0], *lead), independent=False) as (n, *lines):
        for first, count in f.spans(width, share(width, SUMS)):
            with f.loop(g.filters // (lanes * vectors)) as b:
                filters = [f.add(f.multiply(b, f.index(lanes * vectors)), f.index(v * lanes)) for v in range(vectors)]
                sums = {(p, v): f.variable(f.zeros(dtype, lanes)) for p in range(count) for v in range(vectors)}
                with f.loops((*g.window[:-1], g.channels), independent=False) as (*places, c):
                    near = _near(f, g, whole, n, (*lines, first), (*places, f.index(0)), c)
                    taps = [[f.load_vector(kernel, (*places, f.index(k), c, v), lanes) for v in filters]
                            for k in range(g.window[-1])]  # fmt: skip
                    for at, pairs in _meetings(g, count):
                        number = _number(f, near, at, 0, lanes)
                        for p, k in pairs:
                            for v in range(vectors):
                                _add_product(f, sums[p, v], number, taps[k][v])
                for (p, v), total in sums.items():
                    f.store_vector(f.get(total, dtype, lanes), out, (n, *lines, f.add(first, f.index(p)), filters[v]))


def emit_direct_kernel_grad(f: Any, g: Geometry, whole: Any, grad: Any, out: Any) -> None:
    """out += the gradient of the kernel, from padded samples and the gradient of the results."""
    lanes, dtype = f.lanes(out.dtype), out.dtype
    *lead, width = g.sizes
    with f.loops((g.filters // lanes, *g.window[:-1]), independent=False) as (b, *places):
        filters = f.multiply(b, f.index(lanes))
        for channel, channels in f.spans(g.channels, share(g.channels, SUMS // g.window[-1])):
            sums = {(k, c): f.variable(f.zeros(dtype, lanes)) for k in range(g.window[-1]) for c in range(channels)}
            with f.loops((grad.shape[0], *lead), independent=False) as (n, *lines):
                for first, count in f.spans(width, share(width, AT_ONCE)):
                    near = _near(f, g, whole, n, (*lines, first), (*places, f.index(0)), channel)
                    factors = [f.load_vector(grad, (n, *lines, f.add(first, f.index(p)), filters), lanes)
                               for p in range(count)]  # fmt: skip
                    for at, pairs in _meetings(g, count):
                        for c in range(channels):
                            number = _number(f, near, at, c, lanes)
                            for p, k in pairs:
                                _add_product(f, sums[k, c], number, factors[p])
            for (k, c), total in sums.items():
                place = (*places, f.index(k), f.add(channel, f.index(c)), filters)
                f.store_vector(f.add(f.load_vector(out, place, lanes), f.get(total, dtype, lanes)), out, place)


def _near(f: Any, g: Geometry, whole: Any, n: Any, position: Any, places: Any, channel: Any) -> Any:
    """The padded samples from what stands at that place of the window of that position on."""
    moved = [
        f.add(f.multiply(i, f.index(s)), f.multiply(p, f.index(d)))
        for i, s, p, d in zip(position, g.strides, places, g.dilation, strict=True)
    ]
    return whole._replace(pointer=f.address(whole, (n, *moved, channel)))


def _meetings(g: Geometry, positions: int) -> list[tuple[int, list[tuple[int, int]]]]:
    """Of a line of samples each element that is read: for which positions, and at which place of their windows."""
    found: dict[int, list[tuple[int, int]]] = {}
    for p in range(positions):
        for k in range(g.window[-1]):
            found.setdefault(p * g.strides[-1] + k * g.dilation[-1], []).append((p, k))
    return sorted(found.items())


def _number(f: Any, near: Any, at: int, channel: int, lanes: int) -> Any:
    """One number of the samples, in all lanes."""
    zeros = (f.index(0) for _ in near.shape[2:])
    return f.broadcast(f.load(near, (*zeros, f.index(at), f.index(channel))), lanes)


def _add_product(f: Any, total: str, a: Any, b: Any) -> None:
    f.set(total, f.multiply_add(a, b, f.get(total, a.dtype, a.lanes)))
