"""`Dataset`: a lazy sequence of elements, and what can be done to it."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lamina._checks import check_non_negative_int, check_positive_int
from lamina._public import public

from ._ahead import map_ahead, map_as_fits, prefetch, workers_for
from ._batching import Batching
from ._caching import Cache
from ._card import dataset_card
from ._choosing import INFINITE, UNKNOWN, Choosing, call
from ._elements import as_element, as_leaf, leaves_of, map_leaves
from ._joining import joined_in_turn
from ._making import Making
from ._spec import TensorSpec, spec_of
from ._streams import get_streams


class ElementIterator:
    """Iterates once over a data set. What its threads do ends when it is dropped."""

    def __init__(self, items: Iterator[Any]):
        self._items = items

    def __iter__(self) -> "ElementIterator":
        return self

    def __next__(self) -> Any:
        return next(self._items)

    def next(self) -> Any:
        """The next element."""
        return self.__next__()

    get_next: Any = next

    def close(self) -> None:
        """Ends what works for this iterator."""
        if hasattr(self._items, "close"):
            self._items.close()


@public("data.Dataset")
class Dataset(Making, Choosing, Batching):
    """A lazy sequence of elements, made anew each time it is iterated over.

    An element is an array, or a tuple or dict of such (`(x, y)` in most cases). Arrays are NumPy arrays on the host,
    whatever the engine, with a `.numpy()` method. Nothing is computed before an element is asked for. Every method gives
    a new data set and leaves this one as it is. `fit`, `evaluate`, `predict` and `adapt` take a data set of batches.

    Args:
        iterate: function without arguments that gives an iterator over the elements.
        count: how many there are; -1 for no end, -2 if that is not known.
        spec: function that gives the structure of TensorSpec of an element; by default it is read off the first.

    Example:
        >>> data = Dataset.from_tensor_slices(([1, 2, 3], [0, 1, 0])).map(lambda x, y: (2 * x, y)).batch(2)
        >>> [(x.tolist(), y.tolist()) for x, y in data]
        [([2, 4], [0, 1]), ([6], [0])]
    """

    def __init__(
        self, iterate: Callable[[], Iterator[Any]], count: int = UNKNOWN, spec: Callable[[], Any] | None = None
    ):
        self._iterate = iterate
        self._count = count
        self._spec = spec
        self._rows: Any = None  # arrays whose rows the elements are; `_places` gives an iterator over which of them
        self._places: Callable[[], Iterator[int]] | None = None
        self._batch_size: int | None = None  # of what `batch` made

    # --- looking ------------------------------------------------------------------------------------------------------

    def __iter__(self) -> ElementIterator:
        return ElementIterator(self._iterate())

    def __len__(self) -> int:
        if self._count < 0:
            what = "has no end" if self._count == INFINITE else "is of a length that is not known before it is read"
            raise TypeError(f"The data set {what}; give steps_per_epoch, or take(n).")
        return self._count

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return (
            f"<Dataset of {'?' if self._count == UNKNOWN else 'endless' if self._count < 0 else self._count} elements>"
        )

    def _repr_html_(self) -> str:
        return dataset_card(self)

    def cardinality(self) -> Any:
        """How many elements there are: an integer array of no axes; -1 for no end, -2 if it is not known."""
        return as_leaf(np.int64(self._count))

    @property
    def element_spec(self) -> Any:
        """The structure of TensorSpec of an element; ValueError if only the first one could tell and there is none."""
        return self._first_spec() if self._spec is None else self._spec()

    def _first_spec(self) -> Any:
        return spec_of(self.get_first("element_spec"))

    def get_first(self, where: str = "get_first") -> Any:
        """The first element. Raises ValueError if there is none."""
        for element in self:
            return element
        raise ValueError(f"{where}: the data set is empty.")

    def get_single_element(self) -> Any:
        """The only element. Raises ValueError if there are none or several."""
        found = list(itertools.islice(iter(self), 2))
        if len(found) != 1:
            raise ValueError(f"get_single_element: expected one element; got {'several' if found else 'none'}.")
        return found[0]

    def as_numpy_iterator(self) -> Iterator[Any]:
        """An iterator over the elements as plain NumPy arrays and scalars; text as bytes."""
        return ElementIterator(
            map_leaves(lambda leaf: leaf.numpy() if hasattr(leaf, "numpy") else leaf, e) for e in self._iterate()
        )

    # --- changing -----------------------------------------------------------------------------------------------------

    def map(
        self, map_func: Callable, num_parallel_calls: int | None = None, deterministic: bool | None = None,
        synchronous: bool | None = None, use_unbounded_threadpool: bool = False, name: Any = None,
    ) -> "Dataset":  # fmt: skip
        """`map_func` of every element: of the parts of a tuple as arguments, of a dict or an array as the one argument.

        The function runs as it is written, once for each element, on arrays of the host. What it gives is an element:
        tuples and dicts are structure, a list is an array.

        Args:
            map_func: the function.
            num_parallel_calls: how many threads compute ahead, in order; AUTOTUNE (-1) for as many as there are cores,
                or none where the function is too quick to be worth it.
                None computes when the element is asked for.
            deterministic, synchronous, use_unbounded_threadpool: without effect; the order is kept.
        """
        if not callable(map_func):
            raise TypeError(f"map: map_func must be a function; got {map_func!r}.")

        def function(element: Any) -> Any:
            return as_element(call(map_func, element))

        if num_parallel_calls is None or int(num_parallel_calls) in (0, 1):
            return type(self)(lambda: map(function, self._iterate()), self._count, lambda: self._mapped_spec(function))
        workers = workers_for(int(num_parallel_calls))
        mapped = map_as_fits if int(num_parallel_calls) == -1 else map_ahead
        return type(self)(
            lambda: mapped(function, self._iterate(), workers), self._count, lambda: self._mapped_spec(function)
        )

    def _mapped_spec(self, function: Callable[..., Any]) -> Any:
        """Read off the first element; where that is a batch of any size, so is the result."""
        first = self.get_first("element_spec")
        found = spec_of(function(first))
        before = [s for s in leaves_of(self.element_spec) if isinstance(s, TensorSpec)]
        if before and all(s.shape and s.shape[0] is None for s in before):
            size = len(leaves_of(first)[0])
            return map_leaves(lambda s: _open(s, size) if isinstance(s, TensorSpec) else s, found)
        return found

    def enumerate(self, start: int = 0, name: Any = None) -> "Dataset":
        """Pairs (number, element), counted from `start`."""
        return type(self)(
            lambda: ((as_leaf(np.int64(i)), e) for i, e in enumerate(self._iterate(), start)), self._count
        )

    def flat_map(self, map_func: Callable[..., Any], name: Any = None) -> "Dataset":
        """The elements of the data sets that `map_func` makes of the elements, one after the other."""
        return type(self)(lambda: (e for item in self._iterate() for e in call(map_func, item)))

    def interleave(
        self, map_func: Callable, cycle_length: int | None = None, block_length: int | None = None,
        num_parallel_calls: int | None = None, deterministic: bool | None = None, name: Any = None,
    ) -> "Dataset":  # fmt: skip
        """As `flat_map`, but from several of the data sets in turn.

        Args:
            map_func: makes a data set of an element.
            cycle_length: from how many at once, 8 by default.
            block_length: how many elements from each at a time, 1 by default.
            num_parallel_calls, deterministic: without effect; the order is kept.
        """
        cycle = 8 if cycle_length in (None, -1) else int(cycle_length)
        block = 1 if block_length is None else int(block_length)
        check_positive_int(cycle, "cycle_length", "interleave")
        check_positive_int(block, "block_length", "interleave")
        return type(self)(lambda: joined_in_turn(lambda item: call(map_func, item), self._iterate(), cycle, block))

    def concatenate(self, dataset: "Dataset", name: Any = None) -> "Dataset":
        """These elements and then those of `dataset`."""
        counts = (self._count, dataset._count)
        count = INFINITE if INFINITE in counts else UNKNOWN if UNKNOWN in counts else sum(counts)
        return type(self)(lambda: itertools.chain(self._iterate(), iter(dataset)), count, lambda: self.element_spec)

    def scan(self, initial_state: Any, scan_func: Callable[..., Any], name: Any = None) -> "Dataset":
        """What `scan_func(state, element)` gives second; the first is the state for the next element."""

        def iterate() -> Iterator[Any]:
            state = as_element(initial_state)
            for element in self._iterate():
                state, found = (as_element(part) for part in scan_func(state, element))
                yield found

        return type(self)(iterate, self._count)

    def reduce(self, initial_state: Any, reduce_func: Callable[..., Any], name: Any = None) -> Any:
        """The last state: `state = reduce_func(state, element)` for every element, from `initial_state` on."""
        state = as_element(initial_state)
        for element in self:
            state = as_element(reduce_func(state, element))
        return state

    def apply(self, transformation_func: Callable[..., Any]) -> Any:
        """`transformation_func` of this data set."""
        return transformation_func(self)

    # --- keeping and hurrying -----------------------------------------------------------------------------------------

    def cache(self, filename: str = "", name: Any = None) -> "Dataset":
        """The elements kept in memory once they have been read to the end. `filename` is without effect."""
        return self._chosen(Cache(get_streams), self._count)

    def prefetch(self, buffer_size: int, name: Any = None) -> "Dataset":
        """The elements, made by a thread that stays `buffer_size` of them ahead; 2 for AUTOTUNE (-1)."""
        depth = 2 if int(buffer_size) == -1 else int(buffer_size)
        check_non_negative_int(depth, "buffer_size", "prefetch")
        if not depth or self._places is not None:
            return self._chosen(lambda make: make(), self._count)
        return type(self)(lambda: prefetch(self._iterate(), depth), self._count, lambda: self.element_spec)

    def with_options(self, options: Any, name: Any = None) -> "Dataset":
        """The same; options of TensorFlow's data sets have no effect here."""
        return self._chosen(lambda make: make(), self._count)


def _open(spec: TensorSpec, size: int) -> TensorSpec:
    """The spec with a first axis of any size, if it is of that size."""
    if not spec.shape or spec.shape[0] != size:
        return spec
    return TensorSpec((None, *spec.shape[1:]), spec.dtype, spec.name)
