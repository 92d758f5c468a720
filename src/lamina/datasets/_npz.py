"""Arrays in `.npz` files, also such as hold lists: those lie there as pickles, which our own reader reads."""

import io
import zipfile

import numpy as np
from numpy.lib import format as npy

from ._pickle import read_pickle


def load_npz(path: str) -> dict[str, np.ndarray]:
    """The arrays of the file by name. Raises ValueError, naming the file, if it is damaged or holds other than data."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {
                name.removesuffix(".npy"): _read(archive.read(name), f"{path}: {name}")
                for name in archive.namelist()
                if name.endswith(".npy")
            }
    except (zipfile.BadZipFile, EOFError) as error:
        raise ValueError(f"{path} is no .npz file, or it is damaged ({error}).") from error


def _read(content: bytes, name: str) -> np.ndarray:
    stream = io.BytesIO(content)
    version = npy.read_magic(stream)
    header = npy.read_array_header_1_0(stream) if version == (1, 0) else npy.read_array_header_2_0(stream)
    if header[2].hasobject:
        found = read_pickle(content[stream.tell() :], name)
        if not isinstance(found, np.ndarray):
            raise ValueError(f"{name} holds no array.")
        return found
    stream.seek(0)
    return npy.read_array(stream, allow_pickle=False)
