"""Files of data sets, by `get_file`; or the user's own, by their absolute path."""

import os

from lamina.utils._get_file import get_file

TF_KERAS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"


def fetch(name: str, origin: str, file_hash: str | None, folder: str = "datasets") -> str:
    """The path of the file of that name, fetched from `origin` if it is not kept already or has been changed.

    Args:
        name: file name in the cache folder; or an absolute path, and what is there is taken as it is.
        origin: URL.
        file_hash: hexadecimal SHA-256 or MD5 that the content must have; None for no check.
        folder: below the cache folder.
    Raises OSError, saying what to do, if it cannot be fetched; ValueError if what came is not the file.
    """
    if os.path.isabs(name) and os.path.exists(name):
        return name
    if os.path.isabs(name):
        raise FileNotFoundError(f"There is no file {name}. With a name alone, it is fetched from {origin}.")
    return get_file(name, origin=origin, file_hash=file_hash, cache_subdir=folder)
