"""Data that lies in memory: arrays, nested structures of them, and frames of any make."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from lamina import _settings, tree
from lamina.data._elements import of_torch
from lamina.engines import engine

from ._position import Position
from ._rows import FileRows, as_rows
from ._unpack import pack_x_y_sample_weight


def is_frame(x: Any) -> bool:
    """Whether `x` is a data frame or a series (pandas, polars, pyarrow, ...), told without importing any of them."""
    root = type(x).__module__.partition(".")[0]
    return root in ("pandas", "polars", "pyarrow", "modin", "cudf") and (hasattr(x, "shape") or hasattr(x, "to_numpy"))


def is_table(x: Any) -> bool:
    """Whether `x` is a data set of Hugging Face's with columns, or one of these columns."""
    return type(x).__module__.partition(".")[0] == "datasets" and hasattr(x, "__getitem__")


def _columns(x: Any) -> dict[str, Any]:
    arrays = x.with_format("numpy")
    return {name: np.asarray(arrays[name][:]) for name in x.column_names}


def frame_to_array(x: Any) -> np.ndarray:
    """The values of a frame or series, rows first."""
    import narwhals

    if type(x).__module__.partition(".")[0] == "pyarrow" and not hasattr(x, "shape"):
        return x.to_numpy() if hasattr(x, "chunks") else x.to_numpy(zero_copy_only=False)
    native = narwhals.from_native(x, allow_series=True)
    return native.to_numpy()


def as_array(x: Any, name: str) -> np.ndarray:
    """One array: float64 becomes the default float type. Raises TypeError for what cannot be one, naming the argument."""
    x = as_rows(x, name)
    if isinstance(x, FileRows):
        return x  # type: ignore[return-value]
    if is_frame(x):
        x = frame_to_array(x)
    if is_table(x):
        x = x[:]
    if type(x).__module__.partition(".")[0] == "torch" and not engine.is_tensor(x):
        x = of_torch(x)
    try:
        array = x if isinstance(x, np.ndarray) else np.asarray(engine.numpy(x) if engine.is_tensor(x) else x)
    except ValueError as error:
        raise ValueError(f"{name}: cannot make one array of it, its rows differ in length ({error}).") from None
    if array.dtype == object:
        try:
            array = array.astype(_settings.floatx())
        except (TypeError, ValueError):
            kinds = sorted({type(v).__name__ for v in array.ravel()[:100]})
            if kinds == ["str"]:
                return array.astype(str)
            raise TypeError(
                f"{name}: expected numbers; got an array of dtype object that holds {', '.join(kinds)}. Encode or drop "
                "what is not a number (StringLookup encodes categories)."
            ) from None
    if array.dtype == np.float64:
        array = array.astype(_settings.floatx())
    return array.view(np.ndarray) if type(array) is not np.ndarray and not isinstance(array, np.memmap) else array


def is_leaf_list(x: Any) -> bool:
    """Whether a list is data itself (numbers, nested lists of numbers), rather than a structure of several arrays."""
    return isinstance(x, (list, tuple)) and not any(
        isinstance(i, np.ndarray) or engine.is_tensor(i) or is_frame(i) or isinstance(i, dict) or len(_shape(i))
        for i in x
    )


def _shape(x: Any) -> tuple[Any, ...]:
    return tuple(getattr(x, "shape", None) or ())


def as_arrays(structure: Any, name: str) -> Any:
    """Every leaf of the structure as an array."""
    if structure is None:
        return None
    if is_table(structure) and hasattr(structure, "column_names"):
        structure = _columns(structure)
    if isinstance(structure, dict):
        return {k: as_arrays(v, f"{name}[{k!r}]") for k, v in structure.items()}
    if isinstance(structure, (list, tuple)) and not is_leaf_list(structure):
        return type(structure)(as_arrays(v, f"{name}[{i}]") for i, v in enumerate(structure))
    return as_array(structure, name)


class ArrayData:
    """Arrays of equal length, cut into batches in an order that is a function of (seed, epoch).

    Args:
        x, y, sample_weight: nested structures of arrays `(samples, ...)`.
        batch_size: samples a batch; the last one may be smaller.
        shuffle: True for another order each epoch, "batch" to shuffle whole batches, False for none.
        seed: int that, with the number of the epoch, fixes the order.
    """

    def __init__(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        batch_size: int = 32,
        shuffle: Any = False,
        seed: int = 0,
    ):
        self.data = pack_x_y_sample_weight(x, y, sample_weight)
        self.size = len(tree.flatten(x)[0])
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self.num_batches = math.ceil(self.size / batch_size)
        self._resident: Any = None
        self._position = Position()

    def portion(self, epoch: int, limit: int | None, first: int = 0) -> np.ndarray:
        """The places of an epoch of `limit` batches, all by default, from batch `first` on: it goes on where the one before
        stopped."""
        number, start, stop = self._position.advance(epoch, limit, self.num_batches)
        size = self.batch_size
        return self.order(number)[(start + first) * size : None if stop is None else stop * size]

    def order(self, epoch: int) -> np.ndarray:
        """The places of the samples in order of use, int64 `(samples,)`."""
        if not self.shuffle:
            return np.arange(self.size)
        rng = np.random.Generator(np.random.Philox(key=[self.seed, epoch]))
        if self.shuffle != "batch":
            return rng.permutation(self.size)
        full = self.size // self.batch_size
        head = np.arange(full * self.batch_size).reshape(full, self.batch_size)
        return np.concatenate([head[rng.permutation(full)].reshape(-1), np.arange(head.size, self.size)])

    def begin_epoch(self) -> None:
        """Nothing: arrays stay what they are."""

    end_epoch = begin_epoch

    def get_state(self) -> dict[str, Any]:
        """What the order of the batches to come depends on."""
        return {"seed": self.seed, "position": self._position.get_state()}

    def set_state(self, state: dict[str, Any]) -> None:
        self.seed = state["seed"]
        self._position.set_state(state["position"])

    def resident(self, put: Any = None) -> Any:
        """The arrays where compiled steps gather from; brought there once, by `put`, or as the engine does."""
        if self._resident is None:
            put = put or engine.resident
            self._resident = tree.map_structure(lambda a: None if a is None else put(a), self.data)
        return self._resident

    @property
    def is_resident(self) -> bool:
        """Whether the arrays fit where the steps gather from; if not, they go there batch by batch."""
        arrays = [a for a in tree.flatten(self.data) if a is not None]
        return not any(isinstance(a, FileRows) for a in arrays) and engine.can_hold(arrays)

    def batch(self, places: np.ndarray) -> Any:
        """The batch at `places`."""
        return tree.map_structure(lambda a: None if a is None else a[places], self.data)

    def places(self, epoch: int = 0, limit: int | None = None, first: int = 0) -> Iterator[np.ndarray]:
        """The places of each batch of an epoch, from number `first` on."""
        order = self.portion(epoch, limit, first)
        for start in range(0, len(order), self.batch_size):
            yield order[start : start + self.batch_size]

    def batches(self, epoch: int = 0, limit: int | None = None, first: int = 0) -> Iterator[Any]:
        """The batches of an epoch, from number `first` on."""
        return (self.batch(places) for places in self.places(epoch, limit, first))


def split(data: Any, fraction: float) -> tuple[Any, Any]:
    """The first part and the last `fraction` of arrays. Raises ValueError if one of them would be empty."""
    size = len(next(a for a in tree.flatten(data) if a is not None))
    at = math.floor(size * (1.0 - fraction))
    if at in (0, size):
        raise ValueError(
            f"validation_split={fraction}: {size} samples leave none for {'training' if at == 0 else 'validation'}."
        )
    first = tree.map_structure(lambda a: None if a is None else a[:at], data)
    return first, tree.map_structure(lambda a: None if a is None else a[at:], data)
