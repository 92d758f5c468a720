"""Arrays in files that are not read whole: h5py data sets."""

from typing import Any

import numpy as np

from lamina import _settings

WHOLE = 1 << 26  # bytes up to which a data set is read at once


class FileRows:
    """The samples of an h5py data set, read when they are asked for.

    Args:
        source: h5py.Dataset of numbers.
        start, stop: which of its rows.
    """

    def __init__(self, source: Any, start: int = 0, stop: int | None = None):
        self.source = source
        self.start = start
        self.stop = source.shape[0] if stop is None else stop
        self.dtype = np.dtype(_settings.floatx()) if source.dtype == np.float64 else source.dtype

    shape = property(lambda self: (self.stop - self.start, *self.source.shape[1:]))
    ndim = property(lambda self: len(self.source.shape))
    size = property(lambda self: int(np.prod(self.shape, dtype=np.int64)))
    nbytes = property(lambda self: self.size * self.dtype.itemsize)

    def __len__(self) -> int:
        return self.stop - self.start

    def __getitem__(self, key: Any) -> Any:
        """The rows at an array of places; for a slice, a part that is not read yet."""
        if isinstance(key, slice):
            start, stop, step = key.indices(len(self))
            if step != 1:
                raise IndexError(f"An h5py data set can be cut in steps of 1 only; got {key}.")
            return FileRows(self.source, self.start + start, self.start + max(start, stop))
        # h5py wants ascending places, each once; neighbours are read faster as a slice.
        places, back = np.unique(np.asarray(key), return_inverse=True)
        places = places + self.start
        is_run = len(places) and places[-1] - places[0] + 1 == len(places)
        rows = self.source[places[0] : places[-1] + 1] if is_run else self.source[places]
        return rows[back].astype(self.dtype, copy=False)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.source[self.start : self.stop], dtype=dtype or self.dtype)


def as_rows(x: Any, name: str) -> Any:
    """FileRows for a large h5py data set among the inputs; else `x` itself."""
    if type(x).__module__.partition(".")[0] != "h5py" or not hasattr(x, "shape") or not x.shape:
        return x
    if x.dtype.kind not in "biuf" or x.size * x.dtype.itemsize <= WHOLE or not name.startswith("x"):
        return np.asarray(x)
    return FileRows(x)
