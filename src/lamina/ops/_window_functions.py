"""Windows of signal processing: bartlett, blackman, hamming, hanning, kaiser."""

import math
from typing import Any

import numpy as np

from lamina import _settings
from lamina._typing import Tensor, TensorLike, Unary
from lamina.engines import engine

from ._creation import item
from ._dtypes import numpy_dtype
from ._op import op


def _window(n: Any, formula: Any) -> Any:
    n = int(item(n))
    if n == 1:
        return engine.tensor(np.ones(1, numpy_dtype(_settings.floatx())))
    return engine.tensor(formula(np.arange(n), n - 1).astype(numpy_dtype(_settings.floatx())))


def _make_window(name: str, formula: Any, text: str) -> Any:
    def window(x: TensorLike) -> Tensor:
        return _window(x, formula)

    window.__name__ = window.__qualname__ = name
    window.__doc__ = (
        f"The {text} window.\n\nArgs:\n    x: int, the number of points.\n\nReturns: `(x,)`, the default float type.\n"
    )
    return op("numpy")(window)


bartlett: Unary = _make_window("bartlett", lambda i, m: 1 - np.abs(2 * i / m - 1), "Bartlett (triangular)")
hanning: Unary = _make_window("hanning", lambda i, m: 0.5 - 0.5 * np.cos(2 * math.pi * i / m), "Hann")
hamming: Unary = _make_window("hamming", lambda i, m: 0.54 - 0.46 * np.cos(2 * math.pi * i / m), "Hamming")
blackman: Unary = _make_window(
    "blackman", lambda i, m: 0.42 - 0.5 * np.cos(2 * math.pi * i / m) + 0.08 * np.cos(4 * math.pi * i / m), "Blackman"
)


def window_values(name: str, n: int) -> np.ndarray:
    """A periodic window for Fourier transforms, "hann" or "hamming"."""
    a = {"hann": 0.5, "hamming": 0.54}.get(name)
    if a is None:
        raise ValueError(f"window: expected 'hann', 'hamming', a tensor or None; got {name!r}.")
    return a - (1 - a) * np.cos(2 * math.pi * np.arange(n) / n)


@op("numpy")
def kaiser(x: TensorLike, beta: TensorLike) -> Tensor:
    """The Kaiser window.

    Args:
        x: int, the number of points.
        beta: shape of the window.

    Returns: `(x,)`, the default float type.
    """
    return engine.tensor(np.kaiser(int(item(x)), float(item(beta))).astype(numpy_dtype(_settings.floatx())))
