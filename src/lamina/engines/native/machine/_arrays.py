"""Loops over arrays: what `emit` rules of primitives that are not elementwise are written in."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from .._products import BY_MEETING, BY_PYTHON, goes_over_threads
from ..layout import CHUNK
from . import _products
from ._code import Array, Value, in_register
from ._vectors import Vectors

Indices = tuple[Value, ...]


class Arrays(Vectors):
    """Code with loops over arrays."""

    @contextmanager
    def loops(self, shape: Sequence[int], independent: bool = True) -> Iterator[Indices]:
        """One loop within another, for every index of that shape; an axis of one element needs none.

        independent: as in `loop`, said of the innermost.
        """
        last = max((k for k, n in enumerate(shape) if n != 1), default=-1)
        with ExitStack() as stack:
            yield tuple(
                self.index(0) if n == 1 else stack.enter_context(self.loop(n, independent=independent and k == last))
                for k, n in enumerate(shape)
            )

    def part(self, x: Array, axis: int, start: Value, size: int) -> Array:
        """Of an axis the `size` entries from `start` on."""
        indices = (*(self.index(0) for _ in range(axis)), start)
        return x._replace(pointer=self.address(x, indices), shape=(*x.shape[:axis], size, *x.shape[axis + 1 :]))

    def spans(self, total: int, size: int, share: tuple[Value, Value] | None = None) -> Iterator[tuple[Value, int]]:
        """What is written for each pair (at most two) runs for `size` entries at a time, from the first on; the last may be
        fewer. `share`: only for those pieces from one number to another."""
        count, rest = divmod(total, size)
        if share is not None:
            (start, stop), full = share, self.index(count)
            with self.loop(self.minimum(stop, full), start) as i:
                yield self.multiply(i, self.index(size)), size
            if rest:
                with self.loop(stop, self.maximum(start, full)):
                    yield self.index(total - rest), rest
            return
        if size >= total:
            yield self.index(0), total
            return
        with self.loop(count) as i:
            yield self.multiply(i, self.index(size)), size
        if rest:
            yield self.index(total - rest), rest

    @contextmanager
    def range_of(self, start: Value, stop: Value) -> Iterator[Indices]:
        """A loop over some of the indices of one axis, as `loops` gives them."""
        with self.loop(stop, start) as i:
            yield (i,)

    def copy(self, x: Array, out: Array) -> None:
        """Writes `x` into `out`, an array of the same shape and dtype."""
        shape, (source, target) = merged(out.shape, [x.strides, out.strides])
        x, out = x._replace(shape=shape, strides=source), out._replace(shape=shape, strides=target)
        with self.loops(shape) as i:
            self.store(self.load(x, i), out, i)

    def fold(
        self, combine: Callable[[Value, Value], Value], start: Value, shape: Sequence[int],
        element: Callable[[Indices], Value],
    ) -> Value:  # fmt: skip
        """`start` combined with element(i) for every i of the shape."""
        total = self.variable(start)
        with self.loops(shape, independent=False) as i:
            self.set(total, combine(self.get(total, start.dtype), element(i)))
        return self.get(total, start.dtype)

    def reduce(
        self, combine: Callable[[Value, Value], Value], start: Value, x: Array, out: Array, axes: Sequence[int]
    ) -> None:
        """out = x combined over the axes, which `out` lacks or has with one element.

        Over the innermost axis a number is gathered in a register. Over others rows are added to the result, one after the
        other, as NumPy does.
        """
        keeps_axes = len(out.shape) == len(x.shape)
        kept = iter(s for k, s in enumerate(out.strides) if not (keeps_axes and k in axes))
        steps = tuple(0 if k in axes else next(kept) for k in range(len(x.shape)))
        shape, (inward, outward) = merged(x.shape, [x.strides, steps])
        x, out = x._replace(shape=shape, strides=inward), out._replace(shape=shape, strides=outward)
        folded = [k for k, s in enumerate(outward) if not s]
        sizes = [1 if k in folded else n for k, n in enumerate(shape)]
        rest = [n if k in folded else 1 for k, n in enumerate(shape)]
        # A sum of floats of 16 bits must not be kept in memory of its dtype.
        if folded and (folded[-1] == len(shape) - 1 or in_register(out.dtype) != out.dtype):
            with self.loops(sizes, independent=False) as i:
                self.store(self.fold(combine, start, rest, lambda j: self.load(x, _sum(i, j))), out, i)
            return
        with self.loops(sizes) as i:
            self.store(start, out, i)
        with self.loops(rest, independent=False) as j, self.loops(sizes) as i:
            self.store(combine(self.load(out, i), self.load(x, _sum(i, j))), out, i)

    # --- products (see _products) ---

    can_multiply = staticmethod(_products.can_multiply)
    is_shared_out = staticmethod(goes_over_threads)  # what is left to NumPy's plan, which has threads for one product
    shared = BY_PYTHON
    least_shared = 4 * CHUNK  # elements from which a loop is worth a second thread

    def product(self, a: Array, b: Array, out: Array, adds: bool = False) -> None:
        """out = a @ b, of matrices or stacks of them; with `adds` it is added to what is there."""
        _products.multiply(self, a, b, out, adds)

    def product_pieces(self, a: Array, b: Array, out: Array, start: Value, stop: Value) -> None:
        """Some of the `pieces` of a large product."""
        _products.multiply_pieces(self, a, b, out, start, stop)


class ArraysOfTile(Arrays):
    """The same within a tile, whose thread shares nothing out."""

    @staticmethod
    def is_shared_out(rows: int, inner: int, columns: int) -> bool:
        return False


class ArraysOfTeam(Arrays):
    """The same in a program that is one function, in which threads meet: they share out shorter products."""

    shared = BY_MEETING
    least_shared = CHUNK


def _sum(i: Indices, j: Indices) -> Indices:
    """Of two indices that are not both loops on any axis, on each axis that which is one."""
    return tuple(a if a.text.startswith("%") else b for a, b in zip(i, j))


def broadcast_strides(x: Array, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The strides with which `x` is read where an array of that shape is asked for."""
    lead = len(shape) - len(x.shape)
    return (0,) * lead + tuple(0 if n == 1 else s for n, s in zip(x.shape, x.strides))


def merged(shape: tuple[int, ...], strides: Sequence[tuple[int, ...]]) -> tuple[tuple[int, ...], list[tuple[int, ...]]]:
    """The same elements with as few axes as can be: axes that lie one within the other in every array become one."""
    axes: list[tuple[int, list[int]]] = []
    for k, n in enumerate(shape):
        if n == 1:
            continue
        steps = [s[k] for s in strides]
        if axes and all(outer == n * inner for outer, inner in zip(axes[-1][1], steps)):
            axes[-1] = (axes[-1][0] * n, steps)
        else:
            axes.append((n, steps))
    return tuple(n for n, _ in axes), [tuple(s[k] for _, s in axes) for k in range(len(strides))]
