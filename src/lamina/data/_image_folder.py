"""`image_dataset_from_directory`: images in folders by class."""

from typing import Any

from lamina._checks import check_one_of, check_positive_int
from lamina._extras import pillow
from lamina._public import public

from ._directory import Reader
from ._images import COLOR_MODES, decoded
from ._resizing import INTERPOLATIONS, cut, fitted, in_format, resized

FORMATS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
_WHERE = "image_dataset_from_directory"


@public("utils.image_dataset_from_directory", "preprocessing.image_dataset_from_directory")
def image_dataset_from_directory(
    directory: Any, labels: Any = "inferred", label_mode: str | None = "int", class_names: Any = None,
    color_mode: str = "rgb", batch_size: int | None = 32, image_size: Any = (256, 256), shuffle: bool = True,
    seed: int | None = None, validation_split: float | None = None, subset: str | None = None,
    interpolation: str = "bilinear", follow_links: bool = False, crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False, data_format: str | None = None, format: str = "tf", verbose: bool = True,
) -> Any:  # fmt: skip
    """A data set of the images below a folder, decoded and resized by threads ahead of who needs them (extra `image`).

    Args:
        directory: folder whose folders are the classes.
        labels: "inferred" from the names of folders; or integers, one for each file in the order of their paths; or None.
        label_mode: "int" (int32), "binary" (float32, `(batch, 1)`, two classes), "categorical" (one-hot rows) or None.
        class_names: the folders that count, in this order.
        color_mode: "grayscale", "rgb" or "rgba"; images of other kinds are converted.
        batch_size: images in a batch; None for images one by one.
        image_size: (height, width), or an int for both.
        shuffle: whether files are mixed, anew each epoch; else they come in the order of their paths.
        seed: int that fixes the orders.
        validation_split, subset: fraction for validation, and which part: "training", "validation" or "both".
        interpolation: "bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian" or "mitchellcubic".
        follow_links: whether links to folders are followed.
        crop_to_aspect_ratio: whether images are cut, at their middle, to the aspect ratio first.
        pad_to_aspect_ratio: whether zeros around them keep their aspect ratio.
        data_format: "channels_last", "channels_first" or None for the default.
        format: "tf" for a Dataset; "grain" for one of Grain's (extra `grain`).
        verbose: whether the number of files is printed.
    Returns: a Dataset of float32 images 0 ... 255, `(batch, height, width, channels)`, with labels beside them; it has
        `class_names` and `file_paths`. A list of two for `subset="both"`.
    Raises ValueError for arguments that do not fit, an empty folder, an empty file; OSError, which names the file, for one
        that is no image, when it is read.
    """
    pillow(_WHERE)
    check_one_of(color_mode, COLOR_MODES, "color_mode", _WHERE)
    size = _size(image_size)
    interpolation = str(interpolation).lower()
    check_one_of(interpolation, INTERPOLATIONS, "interpolation", _WHERE)
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError(f"{_WHERE}: only one of crop_to_aspect_ratio and pad_to_aspect_ratio can be true.")

    def read(path: str) -> Any:
        image = decoded(path, path, COLOR_MODES[color_mode], _WHERE)
        if pad_to_aspect_ratio:
            image = fitted(image, size, interpolation)
        else:
            image = resized(cut(image, size) if crop_to_aspect_ratio else image, size, interpolation)
        return in_format(image.astype("float32", copy=False), data_format)

    reader = Reader(_WHERE, "images", FORMATS, read)
    return reader.datasets(
        directory, labels, label_mode, class_names, batch_size, shuffle, seed, validation_split, subset, follow_links,
        format, verbose,
    )  # fmt: skip


def _size(image_size: Any) -> tuple[int, int]:
    sizes = tuple(image_size) if isinstance(image_size, (tuple, list)) else (image_size, image_size)
    if len(sizes) != 2:
        raise ValueError(f"{_WHERE}: image_size must be (height, width) or an int; got {image_size!r}.")
    for n in sizes:
        check_positive_int(n, "image_size", _WHERE)
    return int(sizes[0]), int(sizes[1])
