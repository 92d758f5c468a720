"""What `ImageDataGenerator` gives: batches of images, without end or an epoch at a time."""

import os
import threading
import warnings
from typing import Any

import numpy as np

from lamina import _settings
from lamina._checks import check_one_of, check_positive_int
from lamina._public import public
from lamina.utils import PyDataset, array_to_img


@public("preprocessing.image.Iterator")
class Iterator(PyDataset):
    """Base of iterators over images: `next(it)` gives batches for ever, `it[i]` the batch i of an epoch.

    Args:
        n: number of images.
        batch_size: images in a batch.
        shuffle: whether the order is mixed before each epoch.
        seed: int; batch k draws from NumPy's global generator seeded with seed + k. None leaves that alone.
        **kwargs: of PyDataset.
    """

    white_list_formats: tuple[str, ...] = ("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff")

    def __init__(self, n: int, batch_size: int, shuffle: bool, seed: int | None, **kwargs: Any):
        super().__init__(**kwargs)
        check_positive_int(batch_size, "batch_size", type(self).__name__)
        self.n = n
        self.batch_size = batch_size
        self.seed = seed
        self.shuffle = shuffle
        self.batch_index = 0
        self.total_batches_seen = 0
        self.index_array: Any = None
        self.lock: Any = threading.Lock()

    def __len__(self) -> int:
        return -(-self.n // self.batch_size)

    def __getitem__(self, idx: int) -> Any:
        if not 0 <= idx < len(self):
            raise IndexError(f"{type(self).__name__}: there are {len(self)} batches; got index {idx}.")
        self._seed()
        if self.index_array is None:
            self._set_index_array()
        return self._get_batches_of_transformed_samples(self._rows(idx))

    def __iter__(self) -> "Iterator":
        return self

    def __next__(self) -> Any:
        with self.lock:
            rows = self._next_rows()
        return self._get_batches_of_transformed_samples(rows)

    next = __next__

    def _next_rows(self) -> np.ndarray:
        self._seed()
        if self.batch_index == 0:
            self._set_index_array()
        rows = self._rows(self.batch_index)
        self.batch_index = (self.batch_index + 1) % len(self)
        return rows

    def _seed(self) -> None:
        if self.seed is not None:
            np.random.seed(self.seed + self.total_batches_seen)
        self.total_batches_seen += 1

    def _set_index_array(self) -> None:
        self.index_array = np.random.permutation(self.n) if self.shuffle else np.arange(self.n)

    def _rows(self, batch: int) -> np.ndarray:
        return self.index_array[self.batch_size * batch : self.batch_size * (batch + 1)]

    def on_epoch_end(self) -> None:
        """Mixes the order anew."""
        self._set_index_array()

    def reset(self) -> None:
        """Begins at the first batch again."""
        self.batch_index: int = 0

    def _get_batches_of_transformed_samples(self, index_array: np.ndarray) -> Any:
        raise NotImplementedError(
            f"{type(self).__name__} must define _get_batches_of_transformed_samples(index_array)."
        )


def save_batch(images: np.ndarray, rows: np.ndarray, iterator: Any, largest: float) -> None:
    """Writes the images of a batch to the iterator's `save_to_dir`, if it has one."""
    if not iterator.save_to_dir:
        return
    for image, row in zip(images, rows):
        mark = np.random.randint(int(largest))
        name = f"{iterator.save_prefix}_{row}_{mark}.{iterator.save_format}"
        array_to_img(image, iterator.data_format, scale=True).save(os.path.join(iterator.save_to_dir, name))


def augmented(generator: Any, image: np.ndarray) -> np.ndarray:
    """An image changed at random and standardised by an ImageDataGenerator."""
    parameters = generator.get_random_transform(image.shape)
    return generator.standardize(generator.apply_transform(image, parameters))


@public("preprocessing.image.NumpyArrayIterator")
class NumpyArrayIterator(Iterator):
    """Batches of images in an array, made by `ImageDataGenerator.flow`.

    Args:
        x: images, four axes; or a tuple or list (images, other arrays) that come along unchanged.
        y: labels; None for images alone.
        image_data_generator: whose changes the images get.
        batch_size, shuffle, seed: as in `Iterator`.
        sample_weight: weights `(samples,)`.
        data_format: "channels_last", "channels_first" or None for the default.
        save_to_dir, save_prefix, save_format: where and how images are written, to look at.
        subset: "training" or "validation", with the generator's `validation_split`.
        ignore_class_split: whether both subsets may hold different classes.
        dtype: of the images, by default `config.floatx()`.
    Raises ValueError for arrays of different length or another number of axes.
    """

    def __init__(
        self, x: Any, y: Any, image_data_generator: Any, batch_size: int = 32, shuffle: bool = False,
        sample_weight: Any = None, seed: int | None = None, data_format: str | None = None, save_to_dir: Any = None,
        save_prefix: str = "", save_format: str = "png", subset: str | None = None, ignore_class_split: bool = False,
        dtype: Any = None,
    ):  # fmt: skip
        self.data_format: str = _settings.standardize_data_format(data_format)
        self.dtype: Any = dtype or _settings.floatx()
        others: list[np.ndarray] = []
        if isinstance(x, (tuple, list)):
            others = [np.asarray(o) for o in (x[1] if isinstance(x[1], list) else [x[1]])]
            x = x[0]
        x = np.asarray(x)
        parts = {"y": y, "sample_weight": sample_weight, **{f"x[1][{i}]": o for i, o in enumerate(others)}}
        for name, part in parts.items():
            if part is not None and len(part) != len(x):
                raise ValueError(f"flow: x and {name} must be of one length; got {len(x)} and {len(part)}.")
        arrays = [x, *others, None if y is None else np.asarray(y)]
        weights = None if sample_weight is None else np.asarray(sample_weight)
        if subset is not None:
            part = _subset(subset, image_data_generator, len(x), arrays[-1], ignore_class_split)
            arrays = [None if a is None else a[part] for a in arrays]
            weights = None if weights is None else weights[part]
        self.x: Any = np.asarray(arrays[0], dtype=self.dtype)
        self.x_misc: Any = arrays[1:-1]
        self.y: Any = arrays[-1]
        self.sample_weight = weights
        check_images(self.x, self.data_format, "flow")
        if not len(self.x):
            raise ValueError(f"flow: there is no image{f' for {subset}' if subset else ''}; x has shape {x.shape}.")
        self.image_data_generator = image_data_generator
        self.save_to_dir = save_to_dir
        self.save_prefix = save_prefix
        self.save_format = save_format
        super().__init__(len(self.x), batch_size, shuffle, seed)

    def _get_batches_of_transformed_samples(self, index_array: np.ndarray) -> Any:
        batch = np.zeros((len(index_array), *self.x.shape[1:]), dtype=self.dtype)
        for i, row in enumerate(index_array):
            batch[i] = augmented(self.image_data_generator, self.x[row].astype(self.dtype))
        save_batch(batch, index_array, self, 1e4)
        inputs = [batch, *(o[index_array] for o in self.x_misc)] if self.x_misc else batch
        if self.y is None:
            return inputs
        if self.sample_weight is None:
            return inputs, self.y[index_array]
        return inputs, self.y[index_array], self.sample_weight[index_array]


def check_images(x: np.ndarray, data_format: str, where: str) -> None:
    """Raises ValueError unless x has four axes; warns of an odd number of channels."""
    if x.ndim != 4:
        raise ValueError(f"{where}: images must be an array of four axes, (images, ...); got shape {x.shape}.")
    channels = x.shape[3 if data_format == "channels_last" else 1]
    if channels not in (1, 3, 4):
        warnings.warn(
            f"{where}: images of shape {x.shape} have {channels} channels by data_format={data_format!r}; 1, 3 or 4 are usual.",
            UserWarning, stacklevel=4,
        )  # fmt: skip


def _subset(subset: str, generator: Any, size: int, y: Any, ignore_class_split: bool) -> slice:
    check_one_of(subset, ("training", "validation"), "subset", "flow")
    at = int(size * generator._validation_split)
    if y is not None and not ignore_class_split and not np.array_equal(np.unique(y[:at]), np.unique(y[at:])):
        raise ValueError(
            "flow: after the split, training and validation hold different classes. Shuffle the arrays first, or set "
            "ignore_class_split=True."
        )
    return slice(at) if subset == "validation" else slice(at, None)
