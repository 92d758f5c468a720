"""Elements gathered: in batches, in windows, in groups."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lamina._checks import check_positive_int

from ._choosing import UNKNOWN, call
from ._elements import as_leaf, map_leaves
from ._grouping import bucket_of, check_buckets, grouped
from ._spec import spec_of
from ._stacking import batched, gathered, padded_batches, unbatched


class Batching:
    """The methods of `Dataset` that gather elements in batches, windows and groups."""

    _iterate: Callable[[], Iterator[Any]]
    _count: int
    _rows: Any
    _places: Callable[[], Iterator[int]] | None
    element_spec: Any

    def batch(
        self, batch_size: int, drop_remainder: bool = False, num_parallel_calls: int | None = None,
        deterministic: bool | None = None, name: Any = None,
    ) -> Any:  # fmt: skip
        """Elements stacked `batch_size` at a time, with a new first axis.

        Args:
            batch_size: elements a batch.
            drop_remainder: whether a last batch that is smaller is left out.
            num_parallel_calls, deterministic: without effect.
        Raises ValueError, when it is read, for elements of different shapes.
        """
        size = int(batch_size)
        check_positive_int(size, "batch_size", "batch")
        count = self._count if self._count < 0 else self._count // size if drop_remainder else -(-self._count // size)

        def spec() -> Any:
            return map_leaves(lambda s: s.with_batch(size if drop_remainder else None), self.element_spec)

        def iterate() -> Iterator[Any]:
            in_rows = self._places is not None
            return (
                self._row_batches(size, drop_remainder) if in_rows else batched(self._iterate(), size, drop_remainder)
            )

        made = type(self)(iterate, count, spec)
        made._batch_size = size
        return made

    def _row_batches(self, size: int, drop_remainder: bool) -> Iterator[Any]:
        places = self._places()  # type: ignore[misc]
        while chunk := list(itertools.islice(places, size)):
            if len(chunk) == size or not drop_remainder:
                yield gathered(self._rows, chunk)

    def padded_batch(
        self, batch_size: int, padded_shapes: Any = None, padding_values: Any = None, drop_remainder: bool = False,
        name: Any = None,
    ) -> Any:  # fmt: skip
        """Batches of elements of different sizes, filled up at their ends.

        Args:
            batch_size: elements a batch.
            padded_shapes: a shape for each part; None or -1, like no shapes at all, for the largest size in the batch.
            padding_values: what fills, for all parts or for each; 0 or "" by default.
            drop_remainder: whether a last batch that is smaller is left out.
        """
        size = int(batch_size)
        check_positive_int(size, "batch_size", "padded_batch")
        count = self._count if self._count < 0 else self._count // size if drop_remainder else -(-self._count // size)
        return type(self)(
            lambda: padded_batches(self._iterate(), size, padded_shapes, padding_values, drop_remainder), count
        )

    def group_by_window(
        self, key_func: Callable, reduce_func: Callable, window_size: int | None = None,
        window_size_func: Callable[..., Any] | None = None, name: Any = None,
    ) -> Any:  # fmt: skip
        """The elements of the data sets that `reduce_func(key, window)` makes of elements with one key.

        Args:
            key_func: from an element to an integer.
            reduce_func: from a key and a data set of elements to a data set.
            window_size: how many elements a window has, the last ones of each key fewer.
            window_size_func: from a key to that number, in its place.
        """
        if (window_size is None) == (window_size_func is None):
            raise ValueError("group_by_window: give one of window_size and window_size_func.")
        size = (lambda key: window_size) if window_size_func is None else (lambda key: int(window_size_func(key)))

        def iterate() -> Iterator[Any]:
            for key, group in grouped(self._iterate(), lambda e: call(key_func, e), size):
                yield from reduce_func(as_leaf(np.int64(key)), _of_leaves(type(self), tuple(group)))

        return type(self)(iterate)

    def bucket_by_sequence_length(
        self, element_length_func: Callable, bucket_boundaries: Any, bucket_batch_sizes: Any, padded_shapes: Any = None,
        padding_values: Any = None, pad_to_bucket_boundary: bool = False, no_padding: bool = False,
        drop_remainder: bool = False, name: Any = None,
    ) -> Any:  # fmt: skip
        """Batches of elements of like length, filled up.

        Args:
            element_length_func: from an element to its length.
            bucket_boundaries: rising lengths; bucket i holds lengths below boundary i.
            bucket_batch_sizes: elements a batch for each bucket, and for longer ones.
            padded_shapes, padding_values, drop_remainder: as in `padded_batch`.
            pad_to_bucket_boundary: not supported.
            no_padding: whether elements have one size already.
        """
        if pad_to_bucket_boundary:
            raise NotImplementedError(
                "bucket_by_sequence_length: pad_to_bucket_boundary is not supported; give padded_shapes."
            )
        boundaries, sizes = [int(b) for b in bucket_boundaries], [int(n) for n in bucket_batch_sizes]
        check_buckets(boundaries, sizes)

        def joined(bucket: Any, window: Any) -> Any:
            if no_padding:
                return window.batch(sizes[int(bucket)], drop_remainder)
            return window.padded_batch(sizes[int(bucket)], padded_shapes, padding_values, drop_remainder)

        return self.group_by_window(
            lambda *e: bucket_of(element_length_func(*e), boundaries), joined, window_size_func=lambda b: sizes[int(b)]
        )

    def unbatch(self, name: Any = None) -> Any:
        """The entries of the first axes as elements."""
        return type(self)(
            lambda: unbatched(self._iterate()), UNKNOWN if self._count >= 0 else self._count,
            lambda: map_leaves(lambda s: s.without_batch(), self.element_spec),
        )  # fmt: skip

    def rebatch(self, batch_size: int, drop_remainder: bool = False, name: Any = None) -> Any:
        """The same entries in batches of another size."""
        return self.unbatch().batch(batch_size, drop_remainder)

    def window(
        self, size: int, shift: int | None = None, stride: int = 1, drop_remainder: bool = False, name: Any = None
    ) -> Any:
        """Data sets of `size` elements each, every `stride`-th; each begins `shift` elements (by default `size`) after the last.

        A window of tuples is a tuple of data sets. `flat_map(lambda window: window.batch(size))` makes arrays of them.
        """
        n, step, apart = int(size), size if shift is None else int(shift), int(stride)
        for name_, value in (("size", n), ("shift", step), ("stride", apart)):
            check_positive_int(value, name_, "window")
        return type(self)(lambda: self._windows(n, int(step), apart, drop_remainder))

    def _windows(self, size: int, shift: int, stride: int, drop_remainder: bool) -> Iterator[Any]:
        items, held = self._iterate(), []
        reach = (size - 1) * stride + 1
        while True:
            held += itertools.islice(items, reach - len(held))
            chosen = held[::stride][:size]
            if not chosen or (len(chosen) < size and drop_remainder):
                return
            yield map_leaves(lambda *leaves: _of_leaves(type(self), leaves), *chosen)
            if shift > len(held):
                next(itertools.islice(items, shift - len(held), shift - len(held)), None)
            held = held[shift:]


def _of_leaves(cls: type, leaves: tuple[Any, ...]) -> Any:
    return cls(lambda: iter(leaves), len(leaves), lambda: spec_of(leaves[0]))
