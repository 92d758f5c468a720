"""`split_dataset`: two data sets of one."""

import random
from typing import Any

import numpy as np

from lamina._public import public

from ._dataset import Dataset
from ._elements import as_element, as_rows, leaves_of
from ._spec import spec_of


@public("utils.split_dataset")
def split_dataset(
    dataset: Any, left_size: Any = None, right_size: Any = None, shuffle: bool = False, seed: int | None = None,
    preferred_backend: str | None = None,
) -> tuple[Dataset, Dataset]:  # fmt: skip
    """Two data sets of one, for training and testing say.

    Args:
        dataset: Dataset, array, list or tuple of arrays of one length, or a data set of PyTorch's. One that was made by
            `batch` is taken apart, and its parts are batched alike.
        left_size: number of samples of the first (int), or their fraction (float); None for the rest.
        right_size: the same for the second.
        shuffle: whether the samples are mixed before.
        seed: int that fixes how.
        preferred_backend: without effect.
    Returns: the first samples and the last, two Datasets.
    Raises ValueError for sizes that do not fit, TypeError for something else than data.

    Example:
        >>> left, right = split_dataset(np.arange(10), left_size=0.8)
        >>> len(left), len(right)
        (8, 2)
    """
    if left_size is None and right_size is None:
        raise ValueError("split_dataset: give left_size or right_size, a number of samples or a fraction.")
    samples, batch_size = _samples_of(dataset)
    left, right = _sizes(left_size, right_size, len(samples))
    order = list(range(len(samples)))
    if shuffle:
        random.Random(random.randint(0, 10**6) if seed is None else seed).shuffle(order)
    halves = (_part(samples, order[:left]), _part(samples, order[-right:]))
    return tuple(h if batch_size is None else h.batch(batch_size) for h in halves)  # type: ignore[return-value]


class _Rows:
    """The rows of arrays, as samples."""

    def __init__(self, arrays: Any):
        self.arrays = arrays

    def __len__(self) -> int:
        return len(leaves_of(self.arrays)[0])


def _samples_of(dataset: Any) -> tuple[Any, int | None]:
    """What can be split, a sequence of samples, and the size of the batches that they came in."""
    if isinstance(dataset, Dataset):
        size = dataset._batch_size
        return list(dataset if size is None else dataset.unbatch()), size
    if isinstance(dataset, (list, tuple)) and dataset and all(np.ndim(a) for a in dataset):
        arrays = tuple(as_rows(a) for a in dataset)
        if len({len(a) for a in arrays}) > 1:
            raise ValueError(f"split_dataset: arrays must be of one length; got {[len(a) for a in arrays]}.")
        return _Rows(arrays), None
    if hasattr(dataset, "__getitem__") and hasattr(dataset, "__len__") and not hasattr(dataset, "shape"):
        return [as_element(dataset[i]) for i in range(len(dataset))], None
    if hasattr(dataset, "shape") and np.ndim(dataset):
        return _Rows(as_rows(dataset)), None
    raise TypeError(
        f"split_dataset: expected a Dataset, arrays or a data set of PyTorch's; got {type(dataset).__name__}."
    )


def _part(samples: Any, places: list[int]) -> Dataset:
    if isinstance(samples, _Rows):
        return Dataset._of_rows(samples.arrays, lambda: iter(places), len(places))
    return Dataset(lambda: (samples[i] for i in places), len(places), lambda: spec_of(samples[places[0]]))


def _sizes(left: Any, right: Any, total: int) -> tuple[int, int]:
    """Both sizes as numbers of samples. Raises TypeError or ValueError if they cannot be."""
    counts = [_count(size, name, total) for size, name in ((left, "left_size"), (right, "right_size"))]
    first = total - counts[1] if counts[0] is None else counts[0]  # type: ignore[operator]
    second = total - first if counts[1] is None else counts[1]
    if first + second > total or not first or not second:
        raise ValueError(
            f"split_dataset: left_size={left!r} and right_size={right!r} of {total} samples make parts of {first} and "
            f"{second}; both must hold some, and together no more than there are."
        )
    return first, second


def _count(size: Any, name: str, total: int) -> int | None:
    if size is None:
        return None
    if isinstance(size, bool) or not isinstance(size, (int, float, np.integer, np.floating)):
        raise TypeError(f"split_dataset: {name} must be an int, a float or None; got {size!r}.")
    is_fraction = isinstance(size, (float, np.floating))
    if not 0 < size < (1 if is_fraction else total):
        raise ValueError(
            f"split_dataset: {name} must lie between 0 and 1 as a float, or 0 and {total}, the number of samples, as an "
            f"int; got {size!r}."
        )
    return round(size * total) if is_fraction else int(size)
