"""The loader of house prices in California."""

from typing import Any

import numpy as np

from lamina._checks import check_one_of
from lamina._public import public

from ._fetch import TF_KERAS, fetch
from ._npz import load_npz
from ._split import check_test_split, cut, mixed

ORIGIN = (f"{TF_KERAS}california_housing.npz", "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f")


@public("datasets.california_housing.load_data")
def load_data(
    version: str = "large", path: str = "california_housing.npz", test_split: float = 0.2, seed: int = 113
) -> Any:
    """Prices of houses in California by district, 1990: (x_train, y_train), (x_test, y_test).

    Features: median income, age, rooms and bedrooms a household, population, people a household, latitude, longitude.

    Args:
        version: "large" (20,640 districts) or "small" (the first 600).
        path: name of the file in `~/.keras/datasets`, or an absolute path.
        test_split: fraction kept for testing.
        seed: fixes which.
    Returns: x `(samples, 8)`, y `(samples,)` in dollars, float32.
    Raises OSError if it cannot be fetched, ValueError if what came is not the file.
    Reference: Pace and Barry, Sparse spatial autoregressions, 1997.
    """
    check_one_of(version, ("large", "small"), "version", "california_housing.load_data")
    check_test_split(test_split, "california_housing.load_data")
    file = load_npz(fetch(path, *ORIGIN))
    x, y = (np.asarray(file[name])[: 600 if version == "small" else None] for name in ("x", "y"))
    return cut(*mixed(seed, x, y), test_split)
