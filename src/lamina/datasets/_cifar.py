"""The files of CIFAR: dicts with rows of bytes, as Python 2 pickled them."""

import numpy as np

from lamina import _settings

from ._pickle import read_pickle


def read_batch(path: str, key: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Images and labels `(images, 1)`, uint8, of one of the files."""
    with open(path, "rb") as file:
        found = read_pickle(file.read(), path)
    if not isinstance(found, dict) or b"data" not in found or key not in found:
        raise ValueError(f"{path} is no batch of CIFAR: it has no {key.decode()!r}.")
    images = np.asarray(found[b"data"], dtype="uint8").reshape(-1, 3, 32, 32)
    if _settings.image_data_format() == "channels_last":
        images = images.transpose(0, 2, 3, 1)
    return images, np.asarray(found[key], dtype="uint8").reshape(-1, 1)
