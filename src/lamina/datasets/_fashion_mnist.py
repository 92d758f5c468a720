"""The loader of Fashion-MNIST."""

import gzip
import os
import struct
import zlib
from typing import Any

import numpy as np

from lamina._public import public

from ._fetch import TF_KERAS, fetch

ORIGIN = TF_KERAS


@public("datasets.fashion_mnist.load_data")
def load_data() -> Any:
    """Fashion-MNIST, clothes of ten kinds: (x_train, y_train), (x_test, y_test).

    The kinds: T-shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot.

    Returns: x `(60000, 28, 28)` and `(10000, 28, 28)`, uint8; y `(60000,)` and `(10000,)`, uint8.
    Raises OSError if it cannot be fetched, ValueError if a file is damaged.
    Reference: Xiao, Rasul and Vollgraf, Fashion-MNIST, 2017.
    """
    train, test = ((_idx(f"{part}-images-idx3"), _idx(f"{part}-labels-idx1")) for part in ("train", "t10k"))
    return train, test


def _idx(name: str) -> np.ndarray:
    """The array of a compressed file of LeCun's IDX format: two zeros, 8 for bytes, the number of axes, their sizes, bytes."""
    file_name = f"{name}-ubyte.gz"
    path = fetch(file_name, ORIGIN + file_name, None, os.path.join("datasets", "fashion-mnist"))
    try:
        with gzip.open(path) as file:
            content = file.read()
        if content[:3] != b"\0\0\x08":
            raise ValueError("it does not begin as IDX files of bytes do")
        axes = content[3]
        shape = struct.unpack_from(f">{axes}I", content, 4)
        return np.frombuffer(content, "uint8", offset=4 + 4 * axes).reshape(shape)
    except (OSError, EOFError, ValueError, IndexError, struct.error, zlib.error) as error:
        raise ValueError(f"{path} is damaged ({error}). Remove it, and it is fetched again.") from error
