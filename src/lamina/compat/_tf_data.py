"""`tf.data`: the data sets of lamina under TensorFlow's names, and those that read files line by line."""

import csv
import gzip
import itertools
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lamina._checks import check_one_of
from lamina.data import Dataset
from lamina.data._elements import as_element, as_leaf
from lamina.data._spec import TensorSpec

from ._tf_files import text_of

AUTOTUNE = -1


def _paths(filenames: Any) -> list[str]:
    if isinstance(filenames, Dataset):
        return [str(text_of(name)) for name in filenames]
    return [str(name) for name in np.atleast_1d(text_of(filenames)).tolist()]


def _lines(paths: list[str], compression: str | None, skip: int = 0) -> Iterator[str]:
    check_one_of(compression or "", ("", "GZIP"), "compression_type", "TextLineDataset")
    for path in paths:
        opener = gzip.open if compression == "GZIP" else open
        with opener(path, "rt", encoding="utf-8", newline=None) as file:
            try:
                for line in itertools.islice(file, skip, None):
                    yield line.rstrip("\n")
            except UnicodeDecodeError as error:
                raise ValueError(f"TextLineDataset: {path} is not text in UTF-8 ({error}).") from error


def text_line_dataset(
    filenames: Any, compression_type: str | None = None, buffer_size: Any = None, num_parallel_reads: Any = None,
    name: Any = None,
) -> Dataset:  # fmt: skip
    """The lines of text files, one after the other.

    Args:
        filenames: path, list of paths, or a data set of them.
        compression_type: "GZIP" or None.
        buffer_size, num_parallel_reads: without effect.
    """
    return Dataset(
        lambda: (as_leaf(line) for line in _lines(_paths(filenames), compression_type)),
        spec=lambda: TensorSpec((), "string"),
    )


def csv_dataset(
    filenames: Any, record_defaults: Any, compression_type: str | None = None, buffer_size: Any = None,
    header: bool = False, field_delim: str = ",", use_quote_delim: bool = True, na_value: str = "", select_cols: Any = None,
    exclude_cols: Any = None,
) -> Dataset:  # fmt: skip
    """The rows of CSV files, a tuple each.

    Args:
        record_defaults: for each column its dtype, or a value for where nothing stands.
        header: whether the first line of each file is left out.
        select_cols, exclude_cols: numbers of columns.
    """

    def iterate() -> Iterator[Any]:
        quoting = csv.QUOTE_MINIMAL if use_quote_delim else csv.QUOTE_NONE
        lines = _lines(_paths(filenames), compression_type, int(header))
        for row in csv.reader(lines, delimiter=field_delim, quoting=quoting):
            chosen = range(len(row)) if select_cols is None else select_cols
            fields = [row[i] for i in chosen if i not in (exclude_cols or ())]
            yield tuple(parsed_fields(fields, record_defaults, na_value))

    return Dataset(iterate)


def parsed_fields(fields: list[str], defaults: Any, na_value: str = "") -> list[Any]:
    """The fields of a row of CSV with the dtypes of the defaults. Raises ValueError, naming the column, where they do not fit."""
    if len(fields) != len(defaults):
        raise ValueError(f"A row of CSV has {len(fields)} fields; record_defaults has {len(defaults)}.")
    return [_parsed(field, default, na_value, i) for i, (field, default) in enumerate(zip(fields, defaults))]


def _parsed(field: str, default: Any, na_value: str, column: int) -> Any:
    is_dtype = isinstance(default, (str, type, np.dtype)) and default != ""
    value = None if is_dtype else np.asarray(default).ravel()
    dtype = np.dtype(str if default == "string" else default) if is_dtype else value.dtype  # type: ignore[union-attr]
    if field == na_value:
        if value is None or not value.size:
            raise ValueError(f"Column {column} of a row of CSV is empty and has no default.")
        return as_leaf(value[0])
    if dtype.kind in "US":
        return as_leaf(field)
    try:
        return as_leaf(np.asarray(int(field) if dtype.kind in "iu" else float(field), dtype=dtype))
    except ValueError:
        raise ValueError(f"Column {column} of a row of CSV: {field!r} is no {dtype.name}.") from None


def cardinality(dataset: Any) -> Any:
    """How many elements there are; -1 for no end, -2 if it is not known."""
    return dataset.cardinality()


def assert_cardinality(expected_cardinality: int) -> Callable[..., Any]:
    """For `apply`: the data set, said to have so many elements."""
    return lambda dataset: Dataset(lambda: iter(dataset), int(expected_cardinality), lambda: dataset.element_spec)


def _applied(method: str) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Callable[..., Any]:
        return lambda dataset: getattr(dataset, method)(*args, **kwargs)

    function.__name__ = function.__qualname__ = method
    function.__doc__ = f"For `apply`: the method `{method}` of a data set."
    return function


def shuffle_and_repeat(buffer_size: int, count: int | None = None, seed: int | None = None) -> Callable[..., Any]:
    """For `apply`: shuffled anew in each of `count` rounds."""
    return lambda dataset: dataset.shuffle(buffer_size, seed).repeat(count)


def map_and_batch(
    map_func: Callable[..., Any], batch_size: int, *args: Any, drop_remainder: bool = False, **kwargs: Any
) -> Callable[..., Any]:
    """For `apply`: `map`, then `batch`."""
    return lambda dataset: dataset.map(map_func, AUTOTUNE).batch(batch_size, drop_remainder)


def prefetch_to_device(device: Any, buffer_size: int | None = None) -> Callable[..., Any]:
    """For `apply`: read ahead; the engine brings batches to its device."""
    return lambda dataset: dataset.prefetch(2 if buffer_size is None else buffer_size)


def _iterator(dataset: Any, *args: Any, **kwargs: Any) -> Any:
    """An iterator over the data set, with `get_next`."""
    return iter(dataset)


class Options(types.SimpleNamespace):
    """Options of data sets, without effect here: any attribute can be set and read."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self.__dict__[name] = Options()
        return self.__dict__[name]


def py_function(func: Callable[..., Any], inp: Any, Tout: Any = None, name: Any = None) -> Any:
    """What a Python function gives for the inputs."""
    return as_element(_structured(func(*inp), Tout))


def numpy_function(
    func: Callable[..., Any], inp: Any, Tout: Any = None, stateful: bool = True, name: Any = None
) -> Any:
    """What a Python function gives for the inputs as plain NumPy arrays."""
    return as_element(_structured(func(*(as_leaf(x).numpy() for x in inp)), Tout))


def _structured(result: Any, dtypes: Any) -> Any:
    return tuple(result) if isinstance(dtypes, (list, tuple)) and isinstance(result, list) else result


_EXPERIMENTAL = {
    "AUTOTUNE": AUTOTUNE, "INFINITE_CARDINALITY": -1, "UNKNOWN_CARDINALITY": -2, "cardinality": cardinality,
    "assert_cardinality": assert_cardinality, "CsvDataset": csv_dataset, "shuffle_and_repeat": shuffle_and_repeat,
    "map_and_batch": map_and_batch, "prefetch_to_device": prefetch_to_device, "take_while": _applied("take_while"),
    "parallel_interleave": _applied("interleave"), "unbatch": _applied("unbatch"), "unique": _applied("unique"),
    "enumerate_dataset": _applied("enumerate"), "group_by_window": _applied("group_by_window"),
    "bucket_by_sequence_length": _applied("bucket_by_sequence_length"), "choose_from_datasets": Dataset.choose_from_datasets,
    "sample_from_datasets": Dataset.sample_from_datasets, "get_single_element": Dataset.get_single_element,
}  # fmt: skip
_TOP = {
    "Dataset": Dataset, "AUTOTUNE": AUTOTUNE, "INFINITE_CARDINALITY": -1, "UNKNOWN_CARDINALITY": -2,
    "TextLineDataset": text_line_dataset, "Options": Options,
}  # fmt: skip
DATA: dict[str, dict[str, Any]] = {
    "data": _TOP,
    "data.experimental": _EXPERIMENTAL,
    "compat.v1.data": {**_TOP, "make_one_shot_iterator": _iterator, "make_initializable_iterator": _iterator},
    "compat.v1.data.experimental": _EXPERIMENTAL,
}
FUNCTIONS = {
    "py_function": py_function,
    "numpy_function": numpy_function,
    "py_func": numpy_function,
    "TensorSpec": TensorSpec,
}
