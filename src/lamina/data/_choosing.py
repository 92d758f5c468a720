"""Which elements come, and in what order: functions from iterators to iterators."""

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lamina._checks import check_positive_int
from lamina.variables import make_default_seed

from ._elements import as_leaf, leaves_of, map_leaves
from ._spec import spec_of_rows

INFINITE, UNKNOWN = -1, -2


class Shuffle:
    """Draws from a buffer that is filled up again: other draws each time it is used, unless `again` is False.

    Args:
        buffer_size: how many elements are held.
        seed: int that fixes the draws, with the number of the use; None for a fresh one.
        again: whether each use draws anew.
    """

    def __init__(self, buffer_size: int, seed: int | None, again: bool):
        self.buffer_size = buffer_size
        self.seed = make_default_seed() if seed is None else int(seed)
        self.again = again
        self._uses = 0

    def __call__(self, items: Iterator[Any]) -> Iterator[Any]:
        key = [self.seed % 2**64, self._uses]
        self._uses += self.again
        return self._drawn(items, np.random.Generator(np.random.Philox(key=np.array(key, dtype="uint64"))))

    @property
    def state(self) -> list[int]:
        """The seed and the number of uses so far."""
        return [self.seed, self._uses]

    @state.setter
    def state(self, state: list[int]) -> None:
        self.seed, self._uses = state

    def _drawn(self, items: Iterator[Any], rng: np.random.Generator) -> Iterator[Any]:
        buffer = list(itertools.islice(items, self.buffer_size))
        draws = (place for _ in itertools.count() for place in rng.integers(0, len(buffer), size=1024).tolist())
        for item, place in zip(items, draws):
            yield buffer[place]
            buffer[place] = item
        for place in rng.permutation(len(buffer)).tolist():
            yield buffer[place]


def repeated(make: Callable[[], Iterator[Any]], count: int) -> Iterator[Any]:
    """What `make` gives, `count` times over; -1 for ever. Something empty ends at once."""
    for _ in itertools.count() if count < 0 else range(count):
        given = False
        for item in make():
            given = True
            yield item
        if not given:
            return


class Choosing:
    """The methods of `Dataset` that choose and order elements. Where these are rows of arrays, they work on the places."""

    _iterate: Callable[[], Iterator[Any]]
    _count: int
    _rows: Any
    _places: Callable[[], Iterator[int]] | None
    element_spec: Any

    def _chosen(self, choose: Callable[[Callable[[], Iterator]], Iterator], count: int) -> Any:
        """What `choose` makes of the elements; of the places alone where the elements are rows of arrays."""
        if self._places is None:
            return type(self)(lambda: choose(self._iterate), count, lambda: self.element_spec)
        return type(self)._of_rows(self._rows, lambda: choose(self._places), count)

    @classmethod
    def _of_rows(cls, rows: Any, places: Callable[[], Iterator[int]], count: int) -> Any:
        def iterate() -> Iterator[Any]:
            return (map_leaves(lambda array, i=i: as_leaf(array[i]), rows) for i in places())

        made = cls(iterate, count, lambda: spec_of_rows(rows))
        made._rows, made._places = rows, places
        return made

    def shuffle(
        self, buffer_size: int, seed: int | None = None, reshuffle_each_iteration: bool | None = None, name: Any = None
    ) -> Any:
        """Elements drawn at random from a buffer of `buffer_size` that is filled up again.

        Args:
            buffer_size: a buffer as large as the data set gives every order with equal probability.
            seed: int that fixes the draws; else they follow `utils.set_random_seed`.
            reshuffle_each_iteration: whether each iteration draws anew, True by default.
        """
        buffer_size = self._count if int(buffer_size) == -2 and self._count >= 0 else int(buffer_size)
        check_positive_int(max(buffer_size, 1) if self._count == 0 else buffer_size, "buffer_size", "shuffle")
        order = Shuffle(buffer_size, seed, reshuffle_each_iteration is not False)
        return self._chosen(lambda make: order(make()), self._count)

    def repeat(self, count: int | None = None, name: Any = None) -> Any:
        """The elements `count` times over; for ever if it is None or -1."""
        times = -1 if count is None else int(count)
        known = _times(self._count, times)
        return self._chosen(lambda make: repeated(make, times), known)

    def take(self, count: int, name: Any = None) -> Any:
        """The first `count` elements; all if it is -1."""
        n = int(count)
        if n < 0:
            return self._chosen(lambda make: make(), self._count)
        known = n if self._count == INFINITE else min(n, self._count) if self._count >= 0 else UNKNOWN
        return self._chosen(lambda make: itertools.islice(make(), n), known)

    def skip(self, count: int, name: Any = None) -> Any:
        """The elements after the first `count`; none if it is -1."""
        n = int(count)
        if n < 0:
            return self.take(0)
        known = max(self._count - n, 0) if self._count >= 0 else self._count
        return self._chosen(lambda make: itertools.islice(make(), n, None), known)

    def shard(self, num_shards: int, index: int, name: Any = None) -> Any:
        """Every `num_shards`-th element, from `index` on. Raises ValueError unless `0 <= index < num_shards`."""
        n, i = int(num_shards), int(index)
        if not 0 <= i < n:
            raise ValueError(f"shard: index must lie in 0 ... num_shards - 1; got index={i}, num_shards={n}.")
        known = max(math.ceil((self._count - i) / n), 0) if self._count >= 0 else self._count
        return self._chosen(lambda make: itertools.islice(make(), i, None, n), known)

    def filter(self, predicate: Callable[..., Any], name: Any = None) -> Any:
        """The elements for which `predicate` is true."""
        return type(self)(
            lambda: (e for e in self._iterate() if bool(call(predicate, e))), UNKNOWN, lambda: self.element_spec
        )

    def take_while(self, predicate: Callable[..., Any], name: Any = None) -> Any:
        """The elements before the first for which `predicate` is false."""
        return type(self)(
            lambda: itertools.takewhile(lambda e: bool(call(predicate, e)), self._iterate()), UNKNOWN,
            lambda: self.element_spec,
        )  # fmt: skip

    def unique(self, name: Any = None) -> Any:
        """The elements, arrays each, without those that came before."""
        return type(self)(self._unique, UNKNOWN, lambda: self.element_spec)

    def _unique(self) -> Iterator[Any]:
        seen = set()
        for element in self._iterate():
            key = tuple((leaf.shape, str(leaf.dtype), leaf.tobytes()) for leaf in leaves_of(element))
            if key not in seen:
                seen.add(key)
                yield element


def call(function: Callable[..., Any], element: Any) -> Any:
    """The function of an element: the parts of a tuple are its arguments."""
    is_plain_tuple = isinstance(element, tuple) and not hasattr(element, "_fields")
    return function(*element) if is_plain_tuple else function(element)


def _times(count: int, times: int) -> int:
    if times < 0:
        return INFINITE if count else 0
    if not times:
        return 0
    return count * times if count >= 0 else count
