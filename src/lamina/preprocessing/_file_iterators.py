"""Batches of images in files: found in folders, or listed in a data frame."""

import os
import warnings
from typing import Any

import numpy as np

from lamina import _settings
from lamina._checks import check_one_of
from lamina._public import public
from lamina.data._images import COLOR_MODES
from lamina.utils import img_to_array, load_img

from ._image_iterators import Iterator, augmented, save_batch


class FileIterator(Iterator):
    """The part that both kinds share. A subclass sets `filepaths`, `classes` or `_targets`, and `sample_weight`."""

    class_modes: tuple[Any, ...] = ()
    filepaths: list[str]
    filenames: list[str]
    classes: Any = None
    class_indices: dict[str, int]
    sample_weight: Any = None
    _targets: Any = None

    def _set(
        self, image_data_generator: Any, target_size: Any, color_mode: str, data_format: str | None, save_to_dir: Any,
        save_prefix: str, save_format: str, subset: str | None, interpolation: str, keep_aspect_ratio: bool,
        class_mode: str | None, dtype: Any,
    ) -> None:  # fmt: skip
        where = type(self).__name__
        check_one_of(color_mode, COLOR_MODES, "color_mode", where)
        check_one_of(class_mode, self.class_modes, "class_mode", where)
        check_one_of(subset, ("training", "validation", None), "subset", where)
        self.image_data_generator = image_data_generator
        self.target_size: Any = tuple(target_size)
        self.color_mode = color_mode
        self.data_format: str = _settings.standardize_data_format(data_format)
        channels = (COLOR_MODES[color_mode],)
        self.image_shape: Any = (
            (*self.target_size, *channels) if self.data_format == "channels_last" else (*channels, *self.target_size)
        )
        self.save_to_dir = save_to_dir
        self.save_prefix = save_prefix
        self.save_format = save_format
        self.interpolation = interpolation
        self.keep_aspect_ratio = keep_aspect_ratio
        self.class_mode = class_mode
        self.dtype: Any = dtype or _settings.floatx()
        self.subset = subset
        fraction = 0.0 if subset is None else image_data_generator._validation_split
        self.split: Any = {None: None, "validation": (0, fraction), "training": (fraction, 1)}[subset]

    def _part(self, count: int) -> slice:
        """Which of so many files belong to the subset."""
        return slice(count) if self.split is None else slice(*(int(edge * count) for edge in self.split))

    @property
    def labels(self) -> Any:
        """The class of every image, or what stands in the data frame."""
        return self.classes if self._targets is None else self._targets

    def _get_batches_of_transformed_samples(self, index_array: np.ndarray) -> Any:
        batch = np.zeros((len(index_array), *self.image_shape), dtype=self.dtype)
        for i, row in enumerate(index_array):
            batch[i] = self._read(self.filepaths[row])
        save_batch(batch, index_array, self, 1e7)
        if self.class_mode is None:
            return batch
        targets = self._targets_of(batch, index_array)
        if self.sample_weight is None:
            return batch, targets
        return batch, targets, self.sample_weight[index_array]

    def _read(self, path: str) -> np.ndarray:
        image = load_img(
            path, color_mode=self.color_mode, target_size=self.target_size, interpolation=self.interpolation,
            keep_aspect_ratio=self.keep_aspect_ratio,
        )  # fmt: skip
        x = img_to_array(image, data_format=self.data_format)
        return x if not self.image_data_generator else augmented(self.image_data_generator, x)

    def _targets_of(self, batch: np.ndarray, rows: np.ndarray) -> Any:
        if self.class_mode == "input":
            return batch.copy()
        if self.class_mode == "raw":
            return self._targets[rows]
        if self.class_mode == "multi_output":
            return [target[rows] for target in self._targets]
        classes = [self.classes[row] for row in rows]
        if self.class_mode in ("binary", "sparse"):
            return np.array(classes, dtype=self.dtype)
        one_hot = np.zeros((len(rows), len(self.class_indices)), dtype=self.dtype)
        for row, found in zip(one_hot, classes):
            row[found] = 1
        return one_hot


@public("preprocessing.image.DirectoryIterator")
class DirectoryIterator(FileIterator):
    """Batches of the images in folders by class, made by `ImageDataGenerator.flow_from_directory`.

    Args:
        directory: folder whose folders are the classes.
        image_data_generator: whose changes the images get.
        target_size: (height, width).
        color_mode: "rgb", "rgba" or "grayscale".
        classes: the folders that count, in this order; None for all, sorted.
        class_mode: "categorical" (one-hot rows), "binary", "sparse" (numbers), "input" (the images) or None.
        batch_size, shuffle, seed: as in `Iterator`.
        data_format, save_to_dir, save_prefix, save_format, subset, dtype: as in `NumpyArrayIterator`.
        follow_links: whether links to folders are followed.
        interpolation, keep_aspect_ratio: as in `utils.load_img`.
    Attributes: `class_indices`, `classes`, `filenames`, `filepaths`, `samples`, `num_classes`, `image_shape`.
    Raises NotADirectoryError; ValueError if there is no image.
    """

    class_modes: tuple[str | None, ...] = ("categorical", "binary", "sparse", "input", None)

    def __init__(
        self, directory: Any, image_data_generator: Any, target_size: Any = (256, 256), color_mode: str = "rgb",
        classes: Any = None, class_mode: str | None = "categorical", batch_size: int = 32, shuffle: bool = True,
        seed: int | None = None, data_format: str | None = None, save_to_dir: Any = None, save_prefix: str = "",
        save_format: str = "png", follow_links: bool = False, subset: str | None = None, interpolation: str = "nearest",
        keep_aspect_ratio: bool = False, dtype: Any = None,
    ):  # fmt: skip
        self._set(
            image_data_generator, target_size, color_mode, data_format, save_to_dir, save_prefix, save_format, subset,
            interpolation, keep_aspect_ratio, class_mode, dtype,
        )  # fmt: skip
        self.directory: Any = os.fspath(directory)
        if not os.path.isdir(self.directory):
            raise NotADirectoryError(f"flow_from_directory: there is no directory {self.directory!r}.")
        names = list(classes or sorted(e.name for e in os.scandir(self.directory) if e.is_dir()))
        self.num_classes: int = len(names)
        self.class_indices: Any = {name: i for i, name in enumerate(names)}
        by_class = [self._files_of(name, follow_links) for name in names]
        self.filenames: Any = [file for files in by_class for file in files]
        self.filepaths: Any = [os.path.join(self.directory, file) for file in self.filenames]
        self.classes: Any = np.repeat(np.arange(len(names), dtype="int32"), [len(files) for files in by_class])
        self.samples: int = len(self.filenames)
        if not self.samples:
            raise ValueError(
                f"flow_from_directory: found no image{f' for {subset}' if subset else ''} in the folders {names} of "
                f"{self.directory!r}. Images end in {', '.join(self.white_list_formats)}, and lie in a folder for each class."
            )
        print(f"Found {self.samples} images belonging to {self.num_classes} classes.")
        super().__init__(self.samples, batch_size, shuffle, seed)

    def _files_of(self, name: str, follow_links: bool) -> list[str]:
        """The images of a class that belong to the subset, as paths below the directory."""
        folder = os.path.join(self.directory, name)
        walk = sorted(os.walk(folder, followlinks=follow_links), key=lambda step: step[0])
        found = [
            os.path.join(name, os.path.relpath(os.path.join(root, file), folder))
            for root, _, files in walk
            for file in sorted(files)
            if file.lower().endswith(self.white_list_formats)
        ]
        return found[self._part(len(found))]


@public("preprocessing.image.DataFrameIterator")
class DataFrameIterator(FileIterator):
    """Batches of the images that a data frame lists, made by `ImageDataGenerator.flow_from_dataframe`.

    Args:
        dataframe: of pandas, or another whose columns are iterable.
        directory: folder that the paths are below; None for paths as they are.
        image_data_generator: whose changes the images get.
        x_col: column of paths.
        y_col: column of classes (a list of columns for "multi_output"); with "categorical" a cell may list several.
        weight_col: column of sample weights.
        class_mode: "categorical", "binary", "sparse", "input", "raw" (the column's values), "multi_output" or None.
        classes: the classes that count, in this order; None for all, sorted.
        validate_filenames: whether rows without an image are left out, with a warning.
        the others: as in `DirectoryIterator`.
    Raises ValueError or TypeError for columns that do not fit the class mode, ValueError if no image is left.
    """

    class_modes: tuple[str | None, ...] = ("binary", "categorical", "input", "multi_output", "raw", "sparse", None)

    def __init__(
        self, dataframe: Any, directory: Any = None, image_data_generator: Any = None, x_col: str = "filename",
        y_col: Any = "class", weight_col: str | None = None, target_size: Any = (256, 256), color_mode: str = "rgb",
        classes: Any = None, class_mode: str | None = "categorical", batch_size: int = 32, shuffle: bool = True,
        seed: int | None = None, data_format: str | None = "channels_last", save_to_dir: Any = None, save_prefix: str = "",
        save_format: str = "png", subset: str | None = None, interpolation: str = "nearest",
        keep_aspect_ratio: bool = False, dtype: Any = "float32", validate_filenames: bool = True,
    ):  # fmt: skip
        self._set(
            image_data_generator, target_size, color_mode, data_format, save_to_dir, save_prefix, save_format, subset,
            interpolation, keep_aspect_ratio, class_mode, dtype,
        )  # fmt: skip
        self.directory: str = os.fspath(directory or "")
        has_classes = class_mode in ("binary", "sparse", "categorical")
        names = list(dataframe[x_col])
        if not all(isinstance(name, str) for name in names):
            raise TypeError(f"flow_from_dataframe: all values of column x_col={x_col!r} must be paths, str.")
        if classes and not has_classes:
            warnings.warn(
                f"flow_from_dataframe: classes= is without effect for class_mode={class_mode!r}.", stacklevel=3
            )
        rows = self._existing(names, x_col) if validate_filenames else list(range(len(names)))
        cells = list(dataframe[y_col]) if has_classes else []
        if has_classes:
            _check_cells([cells[i] for i in rows], classes, class_mode, y_col)
            rows = self._of_classes(cells, rows, classes)
        rows = rows[self._part(len(rows))]
        if not rows:
            raise ValueError(f"flow_from_dataframe: no image is left of the {len(names)} in column {x_col!r}.")
        if has_classes:
            self.classes: Any = [self._numbers(cells[i]) for i in rows]
        if class_mode == "raw":
            self._targets = np.asarray(dataframe[y_col])[rows]
        elif class_mode == "multi_output":
            self._targets = [np.array(list(dataframe[column]))[rows] for column in _list_of(y_col)]
        if weight_col:
            self.sample_weight: Any = _weights(dataframe, weight_col)[rows]
        self.filenames: Any = [names[i] for i in rows]
        self.filepaths: Any = [os.path.join(self.directory, name) for name in self.filenames]
        self.samples: int = len(rows)
        kind = "validated" if validate_filenames else "non-validated"
        of = f" belonging to {len(self.class_indices)} classes" if has_classes else ""
        print(f"Found {self.samples} {kind} image filenames{of}.")
        super().__init__(self.samples, batch_size, shuffle, seed)

    def _existing(self, names: list[str], x_col: str) -> list[int]:
        rows = [
            i for i, name in enumerate(names)
            if name.lower().endswith(self.white_list_formats) and os.path.isfile(os.path.join(self.directory, name))
        ]  # fmt: skip
        if len(rows) < len(names):
            missing = next(name for i, name in enumerate(names) if i not in set(rows))
            warnings.warn(
                f"flow_from_dataframe: {len(names) - len(rows)} paths in column {x_col!r} are no images, {missing!r} for "
                "one; these rows are left out.", UserWarning, stacklevel=4,
            )  # fmt: skip
        return rows

    def _of_classes(self, cells: list[Any], rows: list[int], classes: Any) -> list[int]:
        """The rows that belong to a class that counts; notes the numbers of these."""
        found = {name for i in rows for name in _list_of(cells[i])}
        ordered = list(dict.fromkeys(classes)) if classes else sorted(found)
        self.class_indices: Any = {name: i for i, name in enumerate(ordered)}
        return [i for i in rows if any(name in self.class_indices for name in _list_of(cells[i]))]

    def _numbers(self, cell: Any) -> Any:
        if not isinstance(cell, (list, tuple)):
            return self.class_indices[cell]
        return [self.class_indices[name] for name in cell if name in self.class_indices]


def _list_of(cell: Any) -> list[Any]:
    return list(cell) if isinstance(cell, (list, tuple)) else [cell]


def _check_cells(cells: list[Any], classes: Any, class_mode: str | None, y_col: Any) -> None:
    kinds = (str, list, tuple) if class_mode == "categorical" else (str,)
    for cell in cells:
        if not isinstance(cell, kinds):
            raise TypeError(
                f"flow_from_dataframe: class_mode={class_mode!r} needs classes as {' or '.join(k.__name__ for k in kinds)} in "
                f'column y_col={y_col!r}; got {cell!r}. For numbers as they are: class_mode="raw".'
            )
    count = len(set(classes)) if classes else len(set(cells)) if class_mode == "binary" else 2
    if class_mode == "binary" and count != 2:
        raise ValueError(f'flow_from_dataframe: class_mode="binary" needs two classes; got {count}.')


def _weights(dataframe: Any, column: str) -> np.ndarray:
    weights = np.asarray(dataframe[column])
    if weights.dtype.kind not in "biuf":
        raise TypeError(f"flow_from_dataframe: column weight_col={column!r} must hold numbers; got {weights.dtype}.")
    return weights
