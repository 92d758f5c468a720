"""The loader of house prices in Boston."""

from typing import Any

from lamina._public import public

from ._fetch import TF_KERAS, fetch
from ._npz import load_npz
from ._split import check_test_split, cut, mixed

ORIGIN = (f"{TF_KERAS}boston_housing.npz", "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5")


@public("datasets.boston_housing.load_data")
def load_data(path: str = "boston_housing.npz", test_split: float = 0.2, seed: int = 113) -> Any:
    """Prices of houses around Boston in the 1970s, with thirteen features: (x_train, y_train), (x_test, y_test).

    One of the features counts people by the colour of their skin; take the data for teaching about that, or `california_housing`.

    Args:
        path: name of the file in `~/.keras/datasets`, or an absolute path.
        test_split: fraction kept for testing.
        seed: fixes which.
    Returns: x `(samples, 13)`, y `(samples,)` in thousands of dollars, float64; 506 samples in all.
    Raises OSError if it cannot be fetched, ValueError if what came is not the file.
    Reference: Harrison and Rubinfeld, Hedonic prices and the demand for clean air, 1978.
    """
    check_test_split(test_split, "boston_housing.load_data")
    file = load_npz(fetch(path, *ORIGIN))
    return cut(*mixed(seed, file["x"], file["y"]), test_split)
