"""The loader of CIFAR-100."""

import os
from typing import Any

from lamina._checks import check_one_of
from lamina._public import public
from lamina.utils._get_file import get_file

from ._cifar import read_batch

ORIGIN = (
    "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
    "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
)


@public("datasets.cifar100.load_data")
def load_data(label_mode: str = "fine") -> Any:
    """CIFAR-100, small photographs of a hundred kinds: (x_train, y_train), (x_test, y_test).

    Args:
        label_mode: "fine" for the hundred kinds, "coarse" for the twenty groups that they belong to.
    Returns: arrays as of CIFAR-10; labels int64.
    Raises OSError if it cannot be fetched, ValueError if what came is not the file.
    Reference: Krizhevsky, Learning multiple layers of features from tiny images, 2009.
    """
    check_one_of(label_mode, ("fine", "coarse"), "label_mode", "cifar100.load_data")
    folder = os.path.join(
        get_file("cifar-100-python-target", ORIGIN[0], file_hash=ORIGIN[1], extract=True), "cifar-100-python"
    )
    train, test = (
        read_batch(os.path.join(folder, name), f"{label_mode}_labels".encode()) for name in ("train", "test")
    )
    return tuple((x, y.astype("int64")) for x, y in (train, test))
