"""`tf.io`: files and what is in them; images decoded by Pillow."""

import glob
import os
from typing import Any

import numpy as np

from lamina import ops
from lamina._checks import check_one_of
from lamina.data._elements import as_host_array, as_leaf
from lamina.data._images import array_to_img, decoded
from lamina.data._spec import dtype_name


def text_of(value: Any) -> np.ndarray:
    """Text, given as str, bytes or arrays of them, as an array of str. Raises ValueError for bytes that are no UTF-8."""
    array = as_host_array(value)
    if array.dtype.kind == "U":
        return array
    try:
        texts = [v.decode() if isinstance(v, bytes) else str(v) for v in array.ravel().tolist()]
    except UnicodeDecodeError as error:
        raise ValueError(f"These bytes are not text in UTF-8 ({error}).") from None
    return np.array(texts, dtype=str if texts else "U1").reshape(array.shape)


def bytes_of(value: Any, where: str) -> bytes:
    """The content of a file as bytes."""
    content = as_host_array(value)
    content = content[()] if content.ndim == 0 else content
    if not isinstance(content, bytes):
        raise TypeError(f"{where}: expected the content of a file, from tf.io.read_file; got {type(value).__name__}.")
    return content


def read_file(filename: Any, name: Any = None) -> Any:
    """The content of a file: bytes, in an array of no axes."""
    with open(str(text_of(filename)), "rb") as file:
        return as_leaf(file.read())


def write_file(filename: Any, contents: Any, name: Any = None) -> None:
    """Writes bytes or text to a file; its folder is made."""
    path, content = str(text_of(filename)), as_host_array(contents)[()]
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else str(content).encode())


def matching_files(pattern: Any, name: Any = None) -> Any:
    """The sorted paths that a pattern fits."""
    return as_leaf(np.array(sorted(glob.glob(str(text_of(pattern)))), dtype=str))


def _decoder(what: str) -> Any:
    def function(
        contents: Any, channels: int | None = 0, dtype: Any = "uint8", name: Any = None, expand_animations: bool = True,
        **ignored: Any,
    ) -> Any:  # fmt: skip
        where = f"tf.image.{what}"
        check_one_of(channels or 0, (0, 1, 3, 4), "channels", where)
        image = decoded(bytes_of(contents, where), "the content given", int(channels or 0), where)
        return as_leaf(_in_dtype(image, dtype_name(dtype)))

    function.__name__ = function.__qualname__ = what
    function.__doc__ = """The image in the content of a file (extra `image`).

    Args:
        contents: bytes, from `read_file`.
        channels: 1, 3 or 4; 0 for as many as the file has.
        dtype: "uint8", or another, by `convert_image_dtype`.
    Returns: `(height, width, channels)`.
    Raises OSError for what is no image or is cut off.
    """
    return function


def _in_dtype(image: np.ndarray, dtype: str) -> np.ndarray:
    if image.dtype == dtype:
        return image
    if image.dtype == np.uint16 and dtype == "uint8":
        return (image >> 8).astype("uint8")
    return converted(image, dtype)


def converted(image: np.ndarray, dtype: str) -> np.ndarray:
    """Values spread over the range of the dtype: 0 ... 1 for floats, 0 ... max for integers."""
    from_float, to_float = image.dtype.kind == "f", np.dtype(dtype).kind == "f"
    if from_float and to_float:
        return image.astype(dtype)
    if to_float:
        return (image * (1.0 / np.iinfo(image.dtype).max)).astype(dtype)
    if from_float:
        top = np.iinfo(dtype).max
        return np.clip(image * (top + 0.5), np.iinfo(dtype).min, top).astype(dtype)
    low, high = np.iinfo(image.dtype).max, np.iinfo(dtype).max
    scaled = (
        image.astype("int64") // ((low + 1) // (high + 1))
        if low > high
        else (image.astype("int64") * ((high + 1) // (low + 1)))
    )
    return scaled.astype(dtype)


def convert_image_dtype(image: Any, dtype: Any, saturate: bool = False, name: Any = None) -> Any:
    """An image in another dtype, its values spread over that one's range: 0 ... 1 for floats."""
    name_ = dtype_name(dtype)
    if isinstance(image, np.ndarray):
        return as_leaf(converted(as_host_array(image), name_))
    if np.dtype(name_).kind == "f":
        given = ops.standardize_dtype(image.dtype)
        scale = 1.0 if np.dtype(given).kind == "f" else 1.0 / np.iinfo(given).max
        return ops.multiply(ops.cast(image, name_), scale)
    return ops.cast(ops.multiply(image, np.iinfo(name_).max + 0.5), name_)


def _encoder(file_format: str) -> Any:
    def function(image: Any, *args: Any, quality: int = 95, **ignored: Any) -> Any:
        buffer = _Buffer()
        options = {"quality": quality} if file_format == "jpeg" else {}
        pixels = np.asarray(as_host_array(image))
        array_to_img(pixels, "channels_last", scale=False).save(buffer, format=file_format, **options)
        return as_leaf(bytes(buffer))

    function.__name__ = function.__qualname__ = f"encode_{file_format}"
    function.__doc__ = f"An image `(height, width, channels)`, uint8, as the content of a {file_format.upper()} file."
    return function


class _Buffer(bytearray):
    """What is written to it, at its end."""

    def write(self, content: Any) -> int:
        self.extend(content)
        return len(content)

    def flush(self) -> None:
        """Nothing to do."""


def decode_raw(input_bytes: Any, out_type: Any, little_endian: bool = True, name: Any = None) -> Any:
    """Bytes as numbers of a dtype."""
    dtype = np.dtype(dtype_name(out_type)).newbyteorder("<" if little_endian else ">")
    return as_leaf(np.frombuffer(bytes_of(input_bytes, "tf.io.decode_raw"), dtype).astype(dtype.newbyteorder("=")))


DECODERS = {name: _decoder(name) for name in ("decode_jpeg", "decode_png", "decode_image", "decode_bmp", "decode_gif")}
ENCODERS = {f"encode_{name}": _encoder(name) for name in ("jpeg", "png")}
IO: dict[str, Any] = {
    "read_file": read_file, "write_file": write_file, "matching_files": matching_files, "decode_raw": decode_raw,
    **DECODERS, **ENCODERS,
}  # fmt: skip
