"""The loader of MNIST."""

import numpy as np

from lamina._public import public

from ._fetch import TF_KERAS, fetch

ORIGIN = f"{TF_KERAS}mnist.npz"
SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"


@public("datasets.mnist.load_data")
def load_data(path: str = "mnist.npz") -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """MNIST: (x_train, y_train), (x_test, y_test).

    The file is fetched once and kept in `~/.keras/datasets` (`LAMINA_HOME` or `KERAS_HOME` name another folder).

    Args:
        path: name of the file there, or an absolute path.
    Returns: x `(60000, 28, 28)` and `(10000, 28, 28)`, uint8, 0 to 255; y `(60000,)` and `(10000,)`, uint8, 0 to 9.
    Raises OSError if it cannot be fetched, ValueError if what came is not the file.
    Reference: LeCun, Cortes and Burges, The MNIST database of handwritten digits.
    """
    with np.load(fetch(path, ORIGIN, SHA256), allow_pickle=False) as file:
        return (file["x_train"], file["y_train"]), (file["x_test"], file["y_test"])
