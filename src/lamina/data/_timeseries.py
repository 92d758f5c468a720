"""`timeseries_dataset_from_array`: windows of a series, each with its target."""

from typing import Any

import numpy as np

from lamina._checks import check_one_of, check_positive_int
from lamina._public import public
from lamina.variables import make_default_seed

from ._dataset import Dataset
from ._elements import Element, as_rows
from ._grain import grain_dataset


@public("utils.timeseries_dataset_from_array", "preprocessing.timeseries_dataset_from_array")
def timeseries_dataset_from_array(
    data: Any, targets: Any, sequence_length: int, sequence_stride: int = 1, sampling_rate: int = 1,
    batch_size: int | None = 128, shuffle: bool = False, seed: int | None = None, start_index: int | None = None,
    end_index: int | None = None, format: str = "tf",
) -> Any:  # fmt: skip
    """Windows of a series, in batches.

    Window i is `data[i], data[i + sampling_rate], ...`, `sequence_length` steps; its target is `targets[i]`, that of the
    step at which it begins. To predict the step after each window of n steps, give `data[:-n]` and `targets[n:]`.

    Args:
        data: series `(steps, ...)`.
        targets: `(steps, ...)`; None gives windows alone.
        sequence_length: steps of a window.
        sequence_stride: how far apart windows begin.
        sampling_rate: every how many steps of the series are kept.
        batch_size: windows in a batch; None for windows one by one.
        shuffle: whether their order is mixed, anew each epoch.
        seed: int that fixes the order.
        start_index, end_index: the part of the series that is used; None for its ends.
        format: "tf" for a Dataset; "grain" for one of Grain's.
    Returns: a Dataset of `(batch, sequence_length, ...)`, with targets `(batch, ...)` beside.
    Raises ValueError if a number is out of range or no window fits.

    Example:
        >>> series = np.arange(6)
        >>> [(x.tolist(), y.tolist()) for x, y in timeseries_dataset_from_array(series[:-2], series[2:], 2)]
        [([[0, 1], [1, 2], [2, 3]], [2, 3, 4])]
    """
    where = "timeseries_dataset_from_array"
    check_one_of(format, ("tf", "grain"), "format", where)
    data = as_rows(data)
    check_positive_int(sequence_length, "sequence_length", where)
    _check_range(start_index, end_index, len(data), where)
    for name, value in (("sampling_rate", sampling_rate), ("sequence_stride", sequence_stride)):
        check_positive_int(value, name, where)
        if value >= len(data):
            raise ValueError(f"{where}: {name} must be below the length of data; got {value}, for {len(data)} steps.")
    part = slice(start_index or 0, end_index)
    data, targets = data[part], None if targets is None else as_rows(targets)[part]
    reach = (sequence_length - 1) * sampling_rate
    count = min(len(data) - reach, len(data) if targets is None else len(targets))
    if count <= 0:
        raise ValueError(
            f"{where}: no window of {sequence_length} steps, {sampling_rate} apart, fits into {len(data)} steps"
            f"{'' if targets is None else f' with {len(targets)} targets'}."
        )
    starts = np.arange(0, count, sequence_stride)
    windows = _Windows(data, targets, np.arange(sequence_length) * sampling_rate)
    if format == "grain":
        return grain_dataset(len(starts), lambda i: windows(starts[i]), batch_size, shuffle, seed)
    return windows.dataset(starts, batch_size, shuffle, seed)


def _check_range(start: int | None, end: int | None, size: int, where: str) -> None:
    if start is not None and not 0 <= start < max(size, 1):
        raise ValueError(f"{where}: start_index must lie in 0 ... {size - 1}, the steps of data; got {start}.")
    if end is not None and not (start or 0) < end < size:
        raise ValueError(
            f"{where}: end_index must be above start_index and below {size}, the steps of data (None for all); got {end}."
        )


class _Windows:
    """The windows that begin at given steps."""

    def __init__(self, data: np.ndarray, targets: np.ndarray | None, steps: np.ndarray):
        self.data = data
        self.targets = targets
        self.steps = steps

    def __call__(self, starts: Any) -> Any:
        """One window, or a batch of them, with the targets."""
        starts = np.asarray(starts)
        x = self.data[starts[..., None] + self.steps].view(Element)
        return x if self.targets is None else (x, self.targets[starts].view(Element))

    def dataset(self, starts: np.ndarray, batch_size: int | None, shuffle: bool, seed: int | None) -> Dataset:
        if shuffle:
            seed = make_default_seed() if seed is None else seed
            np.random.RandomState(seed % 2**32).shuffle(starts)
        begun = Dataset.from_tensor_slices(starts)
        if shuffle:
            begun = begun.shuffle(8 * batch_size if batch_size else 1024, seed=seed)
        return (begun if batch_size is None else begun.batch(batch_size)).map(self).prefetch(-1)
