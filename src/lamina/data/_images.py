"""Images in files, as Pillow's objects, and as arrays."""

import io
import os
import pathlib
import warnings
from typing import Any

import numpy as np

from lamina import _settings
from lamina._checks import check_one_of
from lamina._extras import pillow
from lamina._public import public
from lamina.ops._layout import is_channels_first

COLOR_MODES = {"grayscale": 1, "rgb": 3, "rgba": 4}
_PILLOW_MODES = {"grayscale": ("L", "I;16", "I"), "rgb": ("RGB",), "rgba": ("RGBA",)}
_RESAMPLING = {
    "nearest": "NEAREST", "bilinear": "BILINEAR", "bicubic": "BICUBIC", "hamming": "HAMMING", "box": "BOX",
    "lanczos": "LANCZOS",
}  # fmt: skip


def open_image(source: Any, name: str, where: str) -> Any:
    """Pillow's image of a path, bytes or an open file, decoded. Raises OSError that gives `name` if it cannot be."""
    image = pillow(where)
    content: Any = source
    if isinstance(source, str):
        with open(source, "rb") as file:
            content = file.read()
    try:
        opened = image.open(io.BytesIO(content) if isinstance(content, bytes) else content)
        opened.load()
    except Exception as error:  # Pillow's decoders raise many kinds
        raise OSError(f"{where}: {name} cannot be read as an image ({error}).") from error
    return opened


@public("utils.load_img", "preprocessing.image.load_img")
def load_img(
    path: Any, color_mode: str = "rgb", target_size: Any = None, interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> Any:  # fmt: skip
    """The image in a file, as an image of Pillow's (extra `image`).

    Args:
        path: path, or io.BytesIO with the content of a file.
        color_mode: "grayscale", "rgb" or "rgba".
        target_size: (height, width); None leaves the size.
        interpolation: "nearest", "bilinear", "bicubic", "lanczos", "box" or "hamming".
        keep_aspect_ratio: whether it is first cut, at its middle, to the aspect ratio of `target_size`.
    Raises FileNotFoundError; OSError, which names the file, if it is no image or is cut off; ValueError for a wrong mode or
        interpolation; TypeError for what is no path.
    """
    check_one_of(color_mode, COLOR_MODES, "color_mode", "load_img")
    if isinstance(path, io.BytesIO):
        image = open_image(path, "the content given", "load_img")
    elif isinstance(path, (str, bytes, os.PathLike)):
        path = os.fsdecode(path)
        image = open_image(path, path, "load_img")
    else:
        raise TypeError(f"load_img: path must be a path or io.BytesIO; got {type(path).__name__}.")
    if image.mode not in _PILLOW_MODES[color_mode]:
        image = image.convert(_PILLOW_MODES[color_mode][0])
    return image if target_size is None else _resized(image, target_size, interpolation, keep_aspect_ratio)


def _resized(image: Any, target_size: Any, interpolation: str, keep_aspect_ratio: bool) -> Any:
    tall, wide = int(target_size[0]), int(target_size[1])
    if image.size == (wide, tall):
        return image
    check_one_of(interpolation, _RESAMPLING, "interpolation", "load_img")
    resampling = getattr(pillow("load_img").Resampling, _RESAMPLING[interpolation])
    if not keep_aspect_ratio:
        return image.resize((wide, tall), resampling)
    width, height = image.size
    cut_height, cut_width = min(height, width * tall // wide), min(width, height * wide // tall)
    top, left = (height - cut_height) // 2, (width - cut_width) // 2
    return image.resize((wide, tall), resampling, box=(left, top, left + cut_width, top + cut_height))


@public("utils.img_to_array", "preprocessing.image.img_to_array")
def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> np.ndarray:
    """An image of Pillow's, or an array of two or three axes, as an array of three.

    Args:
        img: the image.
        data_format: "channels_last", "channels_first" or None for the default.
        dtype: by default `config.floatx()`.
    Returns: `(height, width, channels)`, or `(channels, height, width)`.
    Raises ValueError for another number of axes.
    """
    first = is_channels_first(data_format)
    x = np.array(img, dtype=dtype or _settings.floatx())
    if x.ndim == 2:
        x = x[:, :, None]
    elif x.ndim != 3:
        raise ValueError(f"img_to_array: an image has two or three axes; got shape {x.shape}.")
    return np.ascontiguousarray(x.transpose(2, 0, 1)) if first else x


@public("utils.array_to_img", "preprocessing.image.array_to_img")
def array_to_img(x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None) -> Any:
    """An array as an image of Pillow's (extra `image`).

    Args:
        x: `(height, width, channels)`, channels first by `data_format`; 1, 3 or 4 channels.
        data_format: "channels_last", "channels_first" or None for the default.
        scale: whether values are spread over 0 ... 255; else they are taken as they are.
        dtype: in which to compute, by default `config.floatx()`.
    Raises ValueError for another shape.
    """
    image = pillow("array_to_img")
    x = np.asarray(x, dtype=dtype or _settings.floatx())
    if x.ndim != 3:
        raise ValueError(f"array_to_img: x must have three axes, one image; got shape {x.shape}.")
    if is_channels_first(data_format):
        x = x.transpose(1, 2, 0)
    channels = x.shape[2]
    if channels not in (1, 3, 4):
        raise ValueError(f"array_to_img: x must have 1, 3 or 4 channels; got {channels} (shape {x.shape}).")
    if scale:
        x = x - x.min()
        x = x / x.max() * 255 if x.max() != 0 else x
    if channels > 1:
        return image.fromarray(np.ascontiguousarray(x.astype("uint8")))
    return image.fromarray(x[:, :, 0].astype("int32" if x.max() > 255 else "uint8"))


@public("utils.save_img", "preprocessing.image.save_img")
def save_img(
    path: Any, x: Any, data_format: str | None = None, file_format: str | None = None, scale: bool = True, **kwargs: Any
) -> None:
    """Writes an array as an image (extra `image`).

    Args:
        path: path or file object.
        x, data_format, scale: as in `array_to_img`.
        file_format: such as "png"; by default what the path ends in.
        **kwargs: for Pillow's `Image.save`.
    """
    if file_format is None and isinstance(path, (str, pathlib.Path)):
        file_format = pathlib.Path(path).suffix[1:]
    file_format = "jpeg" if file_format and file_format.lower() == "jpg" else file_format
    image = array_to_img(x, data_format=data_format, scale=scale)
    if image.mode == "RGBA" and file_format and file_format.lower() == "jpeg":
        warnings.warn("save_img: JPEG has no transparency; the fourth channel is dropped.", stacklevel=2)
        image = image.convert("RGB")
    image.save(path, format=file_format, **kwargs)


def decoded(content: Any, name: str, channels: int, where: str) -> np.ndarray:
    """The content of a file (or its path) as uint8 `(height, width, channels)`; uint16 for a PNG of 16 bits, with 0 channels."""
    image = open_image(content, name, where)
    if image.mode.startswith("I"):
        return _of_16_bits(np.asarray(image), channels)
    mode = {1: "L", 3: "RGB", 4: "RGBA"}.get(channels) or _mode_of(image)
    array = np.asarray(image if image.mode == mode else image.convert(mode))
    return array[:, :, None] if array.ndim == 2 else array


def _mode_of(image: Any) -> str:
    """The mode of 8 bits that keeps what the image has."""
    if image.mode == "P":
        return "RGBA" if "transparency" in image.info else "RGB"
    return {"1": "L", "F": "L", "CMYK": "RGB", "YCbCr": "RGB"}.get(image.mode, image.mode)


def _of_16_bits(grey: np.ndarray, channels: int) -> np.ndarray:
    grey = np.clip(grey, 0, 2**16 - 1).astype("uint16")[:, :, None]
    if not channels:
        return grey
    pixels = np.repeat((grey >> 8).astype("uint8"), min(channels, 3), axis=2)
    return pixels if channels < 4 else np.concatenate([pixels, np.full_like(pixels[:, :, :1], 255)], axis=2)
