"""Files in folders by class: found, labelled, split, and read by threads."""

import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lamina._checks import check_one_of, check_positive_int
from lamina.variables import make_default_seed

from ._dataset import Dataset
from ._elements import as_rows
from ._grain import grain_dataset
from ._stacking import stacked


@dataclass(frozen=True)
class Files:
    """Paths with the numbers of their classes (None without labels) and the names of these."""

    paths: list[str]
    labels: np.ndarray | None
    class_names: list[str] | None

    def part(self, chosen: Any) -> "Files":
        """The files at these places."""
        paths = np.asarray(self.paths, dtype=object)[chosen].tolist()
        return replace(self, paths=paths, labels=None if self.labels is None else self.labels[chosen])


@dataclass(frozen=True)
class Reader:
    """How the files of one kind become a data set.

    Args:
        where: the public function, for errors.
        what: what a file is, "images" say.
        formats: endings of the files.
        read: makes an array of a path.
        batch: batches a data set; by default `Dataset.batch`.
        stack: batches a list of elements, for Grain.
        may_be_empty: whether a file of no bytes is data.
    """

    where: str
    what: str
    formats: tuple[str, ...]
    read: Callable[[str], Any]
    batch: Callable[[Dataset, int], Dataset] = Dataset.batch
    stack: Callable[[list[Any]], Any] = stacked
    may_be_empty: bool = False

    def datasets(
        self, directory: Any, labels: Any, label_mode: str | None, class_names: Any, batch_size: int | None, shuffle: bool,
        seed: int | None, validation_split: float | None, subset: str | None, follow_links: bool, format: str,
        verbose: bool,
    ) -> Any:  # fmt: skip
        """The data set of a folder, or those of its two parts for `subset="both"`. All arguments are checked first."""
        check_one_of(format, ("tf", "grain"), "format", self.where)
        check_one_of(label_mode, ("int", "categorical", "binary", None), "label_mode", self.where)
        if batch_size is not None:
            check_positive_int(batch_size, "batch_size", self.where)
        _check_labels(labels, class_names, self.where)
        _check_split(validation_split, subset, shuffle, seed, self.where)
        if labels is None or label_mode is None:
            labels = label_mode = None
        seed = make_default_seed() if seed is None else int(seed)
        files = self._found(directory, labels, class_names, follow_links)
        self._check(files, label_mode, directory)
        if verbose:
            names = "" if files.class_names is None else f" belonging to {len(files.class_names)} classes"
            print(f"Found {len(files.paths)} files{names}.")
        if shuffle:
            files = files.part(np.random.RandomState(seed % 2**32).permutation(len(files.paths)))
        how = (label_mode, batch_size, seed, format)
        if subset != "both":
            return self._dataset(self._half(files, validation_split, subset, directory, verbose), shuffle, *how)
        halves = (self._half(files, validation_split, half, directory, verbose) for half in ("training", "validation"))
        return [self._dataset(half, shuffle and i == 0, *how) for i, half in enumerate(halves)]

    # --- finding ------------------------------------------------------------------------------------------------------

    def _found(self, directory: Any, labels: Any, class_names: Any, follow_links: bool) -> Files:
        folder = os.fspath(directory)
        if not os.path.isdir(folder):
            raise NotADirectoryError(f"{self.where}: there is no directory {folder!r}.")
        if labels != "inferred":
            paths = self._below(folder, follow_links)
            return Files(paths, *self._given_labels(labels, paths, folder))
        names = self._class_names(folder, class_names)
        by_class = [self._below(os.path.join(folder, name), follow_links) for name in names]
        numbers = np.repeat(np.arange(len(names), dtype="int32"), [len(paths) for paths in by_class])
        return Files([path for paths in by_class for path in paths], numbers, names)

    def _class_names(self, folder: str, class_names: Any) -> list[str]:
        found = sorted(e.name for e in os.scandir(folder) if e.is_dir() and not e.name.startswith("."))
        if class_names is None:
            return found
        if unknown := set(class_names) - set(found):
            raise ValueError(
                f"{self.where}: class_names must be names of folders in {folder!r}, which has {found}; got "
                f"{sorted(unknown)}."
            )
        return list(class_names)

    def _below(self, folder: str, follow_links: bool) -> list[str]:
        walk = sorted(os.walk(folder, followlinks=follow_links), key=lambda step: step[0])
        return [
            os.path.join(root, name) for root, _, names in walk for name in sorted(names)
            if name.lower().endswith(self.formats)
        ]  # fmt: skip

    def _given_labels(self, labels: Any, paths: list[str], folder: str) -> tuple[Any, Any]:
        if labels is None:
            return None, None
        numbers = np.asarray(labels)
        if len(numbers) != len(paths):
            raise ValueError(
                f"{self.where}: labels must be one for each file; got {len(numbers)}, for {len(paths)} files in {folder!r}."
            )
        if numbers.dtype.kind not in "iu":
            raise ValueError(f"{self.where}: labels must be integers; got {numbers.dtype} in {labels[:5]!r}.")
        return numbers.astype("int32"), [str(n) for n in sorted(set(numbers.tolist()))]

    def _check(self, files: Files, label_mode: str | None, directory: Any) -> None:
        names = files.class_names
        if not files.paths:
            raise ValueError(self._nothing("", directory))
        if label_mode == "binary" and len(names or ()) != 2:
            raise ValueError(f'{self.where}: label_mode="binary" needs two classes; got {names} in {str(directory)!r}.')
        if label_mode is not None and len(names or ()) == 1:
            warnings.warn(
                f"{self.where}: there is only one class, {names}, in {str(directory)!r}; classes are folders below it. "
                "Without labels: label_mode=None.", UserWarning, stacklevel=4,
            )  # fmt: skip
        if label_mode == "categorical" and not 0 <= files.labels.min() <= files.labels.max() < len(names):  # type: ignore
            raise ValueError(
                f'{self.where}: with label_mode="categorical", labels must be 0 ... {len(names) - 1}; '  # type: ignore
                f"got {', '.join(names)}."  # type: ignore
            )
        if not self.may_be_empty:
            for path in files.paths:
                if not os.path.getsize(path):
                    raise ValueError(f"{self.where}: {path} is empty.")

    def _nothing(self, which: str, directory: Any) -> str:
        return f"{self.where}: found no {which}{self.what} in {str(directory)!r}. They must end in {', '.join(self.formats)}."

    def _half(self, files: Files, fraction: float | None, subset: str | None, directory: Any, verbose: bool) -> Files:
        if not fraction:
            return files
        kept = len(files.paths) - int(fraction * len(files.paths))
        half = files.part(slice(kept) if subset == "training" else slice(kept, None))
        if not half.paths:
            raise ValueError(self._nothing(f"{subset} ", directory))
        if verbose:
            print(f"Using {len(half.paths)} files for {subset}.")
        return half

    # --- reading ------------------------------------------------------------------------------------------------------

    def _dataset(
        self, files: Files, shuffle: bool, label_mode: str | None, batch_size: int | None, seed: int, format: str
    ) -> Any:
        y = None if label_mode is None else _targets(files, label_mode)
        if format == "grain":
            read = self.read
            made = grain_dataset(
                len(files.paths), lambda i: read(files.paths[i]) if y is None else (read(files.paths[i]), y[i]),
                batch_size, shuffle, seed, self.stack,
            )  # fmt: skip
        else:
            made = self._threaded(files.paths, y, shuffle, batch_size, seed)
        made.class_names, made.file_paths = files.class_names, files.paths
        return made

    def _threaded(self, paths: list[str], y: Any, shuffle: bool, batch_size: int | None, seed: int) -> Dataset:
        read, rows = self.read, as_rows(paths)
        found = Dataset.from_tensor_slices(rows if y is None else (rows, y))
        if shuffle:
            found = found.shuffle(len(paths), seed=seed)
        if y is None:
            made = found.map(lambda path: read(str(path)), num_parallel_calls=-1)
        else:
            made = found.map(lambda path, label: (read(str(path)), label), num_parallel_calls=-1)
        return (made if batch_size is None else self.batch(made, batch_size)).prefetch(-1)


def _targets(files: Files, label_mode: str) -> np.ndarray:
    """int32 numbers; float32 `(files, 1)` for "binary"; float32 rows with a one for "categorical"."""
    labels: Any = files.labels
    if label_mode == "int":
        return labels
    if label_mode == "binary":
        return labels.astype("float32")[:, None]
    return np.eye(len(files.class_names or ()), dtype="float32")[labels]


def _check_labels(labels: Any, class_names: Any, where: str) -> None:
    if labels is None and class_names is not None:
        raise ValueError(f"{where}: class_names name classes; with labels=None there are none.")
    if (isinstance(labels, str) and labels == "inferred") or labels is None:
        return
    if not isinstance(labels, (list, tuple)):
        raise ValueError(
            f'{where}: labels must be "inferred" (from the names of folders), None, or a list of integers, one for each '
            f"file in the order of their paths; got {labels!r}."
        )
    if class_names is not None:
        raise ValueError(
            f'{where}: class_names can be given with labels="inferred" only; got {class_names} beside labels.'
        )


def _check_split(fraction: float | None, subset: str | None, shuffle: bool, seed: int | None, where: str) -> None:
    check_one_of(subset, ("training", "validation", "both", None), "subset", where)
    if fraction and not 0 < fraction < 1:
        raise ValueError(f"{where}: validation_split must lie between 0 and 1; got {fraction!r}.")
    if bool(fraction) != (subset is not None):
        raise ValueError(
            f"{where}: validation_split and subset go together; got validation_split={fraction!r}, subset={subset!r}."
        )
    if fraction and shuffle and seed is None:
        raise ValueError(
            f"{where}: validation_split of a shuffled folder needs a seed, the same for both subsets, so that they share no file."
        )
