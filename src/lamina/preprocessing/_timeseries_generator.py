"""`TimeseriesGenerator`: windows of a series with what follows them, batch by batch."""

import json
from typing import Any

import numpy as np

from lamina._checks import check_positive_int
from lamina._public import public
from lamina.utils import PyDataset


@public("preprocessing.sequence.TimeseriesGenerator")
class TimeseriesGenerator(PyDataset):
    """Batches (windows of `data`, the targets that follow them), for `fit`.

    The sample that ends before place i is `data[i - length : i : sampling_rate]` with `targets[i]`.

    Args:
        data: series `(steps, ...)`. targets: `(steps, ...)`.
        length: length of a window, in steps.
        sampling_rate: every how many steps of a window are kept.
        stride: how many steps lie between windows.
        start_index, end_index: part of the series that is used, None for its end.
        shuffle: whether windows are drawn at random.
        reverse: whether windows run backwards.
        batch_size: windows in a batch.
    Raises ValueError if data and targets differ in length or no window fits.
    Example:
        >>> series = np.arange(6)
        >>> x, y = preprocessing.sequence.TimeseriesGenerator(series, series, length=2, batch_size=2)[0]
        >>> x.tolist(), y.tolist()
        ([[0, 1], [1, 2]], [2, 3])
    """

    def __init__(
        self, data: Any, targets: Any, length: int, sampling_rate: int = 1, stride: int = 1, start_index: int = 0,
        end_index: int | None = None, shuffle: bool = False, reverse: bool = False, batch_size: int = 128,
    ):  # fmt: skip
        super().__init__()
        for name, value in (
            ("length", length),
            ("sampling_rate", sampling_rate),
            ("stride", stride),
            ("batch_size", batch_size),
        ):
            check_positive_int(value, name, "TimeseriesGenerator")
        if len(data) != len(targets):
            raise ValueError(
                f"TimeseriesGenerator: data and targets must be of one length; got {len(data)} and {len(targets)}."
            )
        self.data = data
        self.targets = targets
        self.length = length
        self.sampling_rate = sampling_rate
        self.stride = stride
        self.start_index: int = start_index + length
        self.end_index: int = len(data) - 1 if end_index is None else end_index
        self.shuffle = shuffle
        self.reverse = reverse
        self.batch_size = batch_size
        if self.start_index > self.end_index:
            raise ValueError(
                f"TimeseriesGenerator: no window of length {length} fits between {start_index} and {self.end_index}."
            )

    @property
    def num_batches(self) -> int:
        return -(-(self.end_index - self.start_index + 1) // (self.batch_size * self.stride))

    def __len__(self) -> int:
        return self.num_batches

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        if self.shuffle:
            rows = np.random.randint(self.start_index, self.end_index + 1, size=self.batch_size)
        else:
            first = self.start_index + self.batch_size * self.stride * index
            rows = np.arange(first, min(first + self.batch_size * self.stride, self.end_index + 1), self.stride)
        samples = np.array([self.data[row - self.length : row : self.sampling_rate] for row in rows])
        targets = np.array([self.targets[row] for row in rows])
        return (samples[:, ::-1] if self.reverse else samples), targets

    def get_config(self) -> dict[str, Any]:
        """The arguments, data and targets as JSON texts."""
        return {
            "data": json.dumps(np.asarray(self.data).tolist()),
            "targets": json.dumps(np.asarray(self.targets).tolist()),
            "length": self.length,
            "sampling_rate": self.sampling_rate,
            "stride": self.stride,
            "start_index": self.start_index - self.length,
            "end_index": self.end_index,
            "shuffle": self.shuffle,
            "reverse": self.reverse,
            "batch_size": self.batch_size,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "TimeseriesGenerator":
        """The generator that `get_config` describes."""
        return cls(**{**config, **{name: np.array(json.loads(config[name])) for name in ("data", "targets")}})
