"""`ImageDataGenerator`: images changed at random and standardised, batch by batch."""

import math
import warnings
from typing import Any

import numpy as np

from lamina import _settings
from lamina._checks import check_one_of
from lamina._deprecation import warn_once
from lamina._public import public

from ._affine import FILL_MODES, apply_affine_transform
from ._file_iterators import DataFrameIterator, DirectoryIterator
from ._image_iterators import NumpyArrayIterator, check_images
from ._random_transforms import apply_brightness_shift, apply_channel_shift

_WHERE = "ImageDataGenerator"


@public("preprocessing.image.ImageDataGenerator")
class ImageDataGenerator:
    """Batches of images, changed at random and standardised, as programs of Keras 1 and 2 read them.

    Draws come from NumPy's global generator, in Keras's order: the same seed gives Keras's changes.

    Args:
        featurewise_center, featurewise_std_normalization: whether the mean of the data, and its standard deviation, by
            channel, are taken out; `fit` finds them.
        samplewise_center, samplewise_std_normalization: the same for each image by itself.
        zca_whitening, zca_epsilon: whether pixels are decorrelated, and the number that keeps that finite; by `fit`.
        rotation_range: degrees.
        width_shift_range, height_shift_range: fraction of the size if below 1, else pixels; or a list to choose from.
        brightness_range: two factors.
        shear_range: degrees.
        zoom_range: two factors, or z for 1 - z ... 1 + z.
        channel_shift_range: how much may be added to all pixels.
        fill_mode, cval: what lies outside: "nearest", "constant" (`cval`), "reflect" or "wrap".
        horizontal_flip, vertical_flip: whether half of the images are mirrored.
        rescale: factor.
        preprocessing_function: from an image to an image, before standardising.
        data_format: "channels_last", "channels_first" or None for the default.
        validation_split: fraction of the images kept for validation.
        interpolation_order: 0 or 1; higher ones need SciPy.
        dtype: of the images, by default `config.floatx()`.
    Raises ValueError for arguments that do not fit.
    """

    def __init__(
        self, featurewise_center: bool = False, samplewise_center: bool = False,
        featurewise_std_normalization: bool = False, samplewise_std_normalization: bool = False,
        zca_whitening: bool = False, zca_epsilon: float = 1e-6, rotation_range: float = 0, width_shift_range: Any = 0.0,
        height_shift_range: Any = 0.0, brightness_range: Any = None, shear_range: float = 0.0, zoom_range: Any = 0.0,
        channel_shift_range: float = 0.0, fill_mode: str = "nearest", cval: float = 0.0, horizontal_flip: bool = False,
        vertical_flip: bool = False, rescale: float | None = None, preprocessing_function: Any = None,
        data_format: str | None = None, validation_split: float = 0.0, interpolation_order: int = 1, dtype: Any = None,
    ):  # fmt: skip
        check_one_of(fill_mode, FILL_MODES, "fill_mode", _WHERE)
        if validation_split and not 0 < validation_split < 1:
            raise ValueError(f"{_WHERE}: validation_split must lie between 0 and 1; got {validation_split!r}.")
        if brightness_range is not None and (
            not isinstance(brightness_range, (tuple, list)) or len(brightness_range) != 2
        ):
            raise ValueError(f"{_WHERE}: brightness_range must be two numbers; got {brightness_range!r}.")
        self.featurewise_center = featurewise_center
        self.samplewise_center = samplewise_center
        self.featurewise_std_normalization = featurewise_std_normalization
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening = zca_whitening
        self.zca_epsilon = zca_epsilon
        self.rotation_range = rotation_range
        self.width_shift_range = width_shift_range
        self.height_shift_range = height_shift_range
        self.brightness_range: Any = brightness_range
        self.shear_range = shear_range
        self.zoom_range: Any = _two(zoom_range)
        self.channel_shift_range = channel_shift_range
        self.fill_mode = fill_mode
        self.cval = cval
        self.horizontal_flip = horizontal_flip
        self.vertical_flip = vertical_flip
        self.rescale = rescale
        self.preprocessing_function = preprocessing_function
        self.data_format: str = _settings.standardize_data_format(data_format)
        self.dtype: Any = dtype or _settings.floatx()
        self.interpolation_order = interpolation_order
        self._validation_split = validation_split
        is_last = self.data_format == "channels_last"
        self.row_axis, self.col_axis, self.channel_axis = (1, 2, 3) if is_last else (2, 3, 1)
        self.mean: Any = None
        self.std: Any = None
        self.zca_whitening_matrix: Any = None
        self._settle()

    def _settle(self) -> None:
        """What one option takes for granted of another, with a warning."""
        if self.zca_whitening and self.featurewise_std_normalization:
            self.featurewise_std_normalization: bool = False
            warnings.warn(f"{_WHERE}: zca_whitening switches featurewise_std_normalization off.", stacklevel=3)
        for option, other in (
            ("zca_whitening", "featurewise_center"),
            ("featurewise_std_normalization", "featurewise_center"),
            ("samplewise_std_normalization", "samplewise_center"),
        ):
            if getattr(self, option) and not getattr(self, other):
                setattr(self, other, True)
                warnings.warn(f"{_WHERE}: {option} switches {other} on.", stacklevel=3)

    # --- batches ------------------------------------------------------------------------------------------------------

    def flow(
        self, x: Any, y: Any = None, batch_size: int = 32, shuffle: bool = True, sample_weight: Any = None,
        seed: int | None = None, save_to_dir: Any = None, save_prefix: str = "", save_format: str = "png",
        ignore_class_split: bool = False, subset: str | None = None,
    ) -> NumpyArrayIterator:  # fmt: skip
        """Batches of the images of an array; see `NumpyArrayIterator`."""
        return NumpyArrayIterator(
            x, y, self, batch_size, shuffle, sample_weight, seed, self.data_format, save_to_dir, save_prefix,
            save_format, subset, ignore_class_split, self.dtype,
        )  # fmt: skip

    def flow_from_directory(
        self, directory: Any, target_size: Any = (256, 256), color_mode: str = "rgb", classes: Any = None,
        class_mode: str | None = "categorical", batch_size: int = 32, shuffle: bool = True, seed: int | None = None,
        save_to_dir: Any = None, save_prefix: str = "", save_format: str = "png", follow_links: bool = False,
        subset: str | None = None, interpolation: str = "nearest", keep_aspect_ratio: bool = False,
    ) -> DirectoryIterator:  # fmt: skip
        """Batches of the images in folders by class; see `DirectoryIterator`."""
        return DirectoryIterator(
            directory, self, target_size, color_mode, classes, class_mode, batch_size, shuffle, seed, self.data_format,
            save_to_dir, save_prefix, save_format, follow_links, subset, interpolation, keep_aspect_ratio, self.dtype,
        )  # fmt: skip

    def flow_from_dataframe(
        self, dataframe: Any, directory: Any = None, x_col: str = "filename", y_col: Any = "class",
        weight_col: str | None = None, target_size: Any = (256, 256), color_mode: str = "rgb", classes: Any = None,
        class_mode: str | None = "categorical", batch_size: int = 32, shuffle: bool = True, seed: int | None = None,
        save_to_dir: Any = None, save_prefix: str = "", save_format: str = "png", subset: str | None = None,
        interpolation: str = "nearest", validate_filenames: bool = True, **kwargs: Any,
    ) -> DataFrameIterator:  # fmt: skip
        """Batches of the images that a data frame lists; see `DataFrameIterator`."""
        for old in ("has_ext", "sort", "drop_duplicates"):
            if old in kwargs:
                kwargs.pop(old)
                warn_once(f"flow_from_dataframe.{old}", f"flow_from_dataframe: {old}= is gone, and without effect.")
        if kwargs:
            raise TypeError(f"flow_from_dataframe: unexpected arguments {sorted(kwargs)}.")
        if class_mode == "other":
            warn_once("flow_from_dataframe.other", 'flow_from_dataframe: class_mode="other" is now "raw".')
            class_mode = "raw"
        return DataFrameIterator(
            dataframe, directory, self, x_col, y_col, weight_col, target_size, color_mode, classes, class_mode,
            batch_size, shuffle, seed, self.data_format, save_to_dir, save_prefix, save_format, subset, interpolation,
            dtype=self.dtype, validate_filenames=validate_filenames,
        )  # fmt: skip

    # --- standardising ------------------------------------------------------------------------------------------------

    def fit(self, x: Any, augment: bool = False, rounds: int = 1, seed: int | None = None) -> None:
        """Finds mean, standard deviation and the whitening of the data.

        Args:
            x: images, four axes.
            augment: whether images changed at random are used.
            rounds: with `augment`, how many times over.
            seed: int that NumPy's global generator is seeded with.
        Raises ValueError for another number of axes.
        """
        x = np.array(x, dtype=self.dtype)
        check_images(x, self.data_format, f"{_WHERE}.fit")
        if seed is not None:
            np.random.seed(seed)
        if self.rescale:
            x *= self.rescale
        if augment:
            x = np.array([self.random_transform(image) for _ in range(rounds) for image in x], dtype=self.dtype)
        axes = (0, self.row_axis, self.col_axis)
        if self.featurewise_center:
            self.mean = x.mean(axis=axes, keepdims=True)[0]
            x -= self.mean
        if self.featurewise_std_normalization:
            self.std = x.std(axis=axes, keepdims=True)[0]
            x /= self.std + 1e-6
        if self.zca_whitening:
            u, s, _ = np.linalg.svd(x.reshape(len(x), -1).T, full_matrices=False)
            self.zca_whitening_matrix = (u * (np.sqrt(len(x)) / (s + self.zca_epsilon))) @ u.T

    def standardize(self, x: np.ndarray) -> np.ndarray:
        """The image, or batch, standardised; floats are changed in place. Warns where `fit` has not been called."""
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        if self.rescale:
            x *= self.rescale
        if self.samplewise_center:
            x -= np.mean(x, keepdims=True)
        if self.samplewise_std_normalization:
            x /= np.std(x, keepdims=True) + 1e-6
        if self.featurewise_center and self._is_fitted(self.mean, "featurewise_center"):
            x -= self.mean
        if self.featurewise_std_normalization and self._is_fitted(self.std, "featurewise_std_normalization"):
            x /= self.std + 1e-6
        if self.zca_whitening and self._is_fitted(self.zca_whitening_matrix, "zca_whitening"):
            flat = x.reshape(-1, math.prod(x.shape[-3:]))
            x = (flat @ self.zca_whitening_matrix).reshape(x.shape)
        return x

    def _is_fitted(self, value: Any, option: str) -> bool:
        if value is None:
            warnings.warn(f"{_WHERE}: {option} needs the data: call fit(images) first.", UserWarning, stacklevel=3)
        return value is not None

    # --- changing at random -------------------------------------------------------------------------------------------

    def get_random_transform(self, img_shape: Any, seed: int | None = None) -> dict[str, Any]:
        """Parameters for `apply_transform`, drawn for an image of that shape; `seed` seeds NumPy's global generator."""
        if seed is not None:
            np.random.seed(seed)
        theta = _within(self.rotation_range)
        tx = _shift(self.height_shift_range, img_shape[self.row_axis - 1])
        ty = _shift(self.width_shift_range, img_shape[self.col_axis - 1])
        shear = _within(self.shear_range)
        zx, zy = (1, 1) if self.zoom_range == [1, 1] else np.random.uniform(*self.zoom_range, 2)
        horizontally = bool(np.random.random() < 0.5 and self.horizontal_flip)
        vertically = bool(np.random.random() < 0.5 and self.vertical_flip)
        shift = _within(self.channel_shift_range) if self.channel_shift_range else None
        brightness = None if self.brightness_range is None else np.random.uniform(*self.brightness_range)
        return {
            "theta": theta, "tx": tx, "ty": ty, "shear": shear, "zx": zx, "zy": zy, "flip_horizontal": horizontally,
            "flip_vertical": vertically, "channel_shift_intensity": shift, "brightness": brightness,
        }  # fmt: skip

    def apply_transform(self, x: np.ndarray, transform_parameters: dict[str, Any]) -> np.ndarray:
        """The image changed as the parameters of `get_random_transform` say; any may be left out."""
        given = transform_parameters.get
        row, column, channel = self.row_axis - 1, self.col_axis - 1, self.channel_axis - 1
        x = apply_affine_transform(
            x, given("theta", 0), given("tx", 0), given("ty", 0), given("shear", 0), given("zx", 1), given("zy", 1),
            row, column, channel, self.fill_mode, self.cval, self.interpolation_order,
        )  # fmt: skip
        if given("channel_shift_intensity") is not None:
            x = apply_channel_shift(x, given("channel_shift_intensity"), channel)
        if given("flip_horizontal", False):
            x = np.flip(x, column)
        if given("flip_vertical", False):
            x = np.flip(x, row)
        if given("brightness") is not None:
            x = apply_brightness_shift(x, given("brightness"), False)
        return x

    def random_transform(self, x: np.ndarray, seed: int | None = None) -> np.ndarray:
        """The image, three axes, changed at random."""
        if np.ndim(x) != 3:
            raise ValueError(f"{_WHERE}.random_transform: x must be one image of three axes; got shape {np.shape(x)}.")
        return self.apply_transform(x, self.get_random_transform(x.shape, seed))


def _two(zoom_range: Any) -> list[float]:
    if isinstance(zoom_range, (int, float)):
        return [1 - zoom_range, 1 + zoom_range]
    if len(zoom_range) == 2 and all(isinstance(z, (int, float)) for z in zoom_range):
        return list(zoom_range)
    raise ValueError(f"{_WHERE}: zoom_range must be a number or two; got {zoom_range!r}.")


def _within(bound: float) -> float:
    return np.random.uniform(-bound, bound) if bound else 0


def _shift(given: Any, size: int) -> float:
    """Pixels: a number below a bound, a fraction of the size if that is below 1; or one of those in a list, or in
    `range(given)` for an int, of either sign."""
    if not np.any(given):
        return 0
    if isinstance(given, (float, np.floating)):
        shift = np.random.uniform(-given, given)
    else:
        shift = np.random.choice(given) * np.random.choice([-1, 1])
    return shift * size if np.max(given) < 1 else shift
