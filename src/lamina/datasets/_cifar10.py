"""The loader of CIFAR-10."""

import os
from typing import Any

import numpy as np

from lamina._public import public
from lamina.utils._get_file import get_file

from ._cifar import read_batch

ORIGIN = (
    "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
)


@public("datasets.cifar10.load_data")
def load_data() -> Any:
    """CIFAR-10, small photographs of ten kinds: (x_train, y_train), (x_test, y_test).

    The kinds: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck.

    Returns: x `(50000, 32, 32, 3)` and `(10000, 32, 32, 3)`, channels first where that is the default, uint8; y
        `(50000, 1)` and `(10000, 1)`, uint8.
    Raises OSError if it cannot be fetched, ValueError if what came is not the file.
    Reference: Krizhevsky, Learning multiple layers of features from tiny images, 2009.
    """
    folder = os.path.join(
        get_file("cifar-10-batches-py-target", ORIGIN[0], file_hash=ORIGIN[1], extract=True), "cifar-10-batches-py"
    )
    parts = [read_batch(os.path.join(folder, f"data_batch_{i}"), b"labels") for i in range(1, 6)]
    train = tuple(np.concatenate(arrays) for arrays in zip(*parts))
    return train, read_batch(os.path.join(folder, "test_batch"), b"labels")
