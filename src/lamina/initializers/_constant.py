"""Initial values that are not random."""

from typing import Any

import numpy as np

from lamina._public import public
from lamina.ops._dtypes import numpy_dtype, standardize_dtype
from lamina.variables import deserialize_keras_object, serialize_keras_object

from ._initializer import Initializer, to_tensor


@public("initializers.Zeros", "initializers.zeros")
class Zeros(Initializer):
    """All zeros.

    Example:
        >>> initializers.Zeros()((3,))
        Tensor([0., 0., 0.], dtype=float32)
    """

    def __call__(self, shape: Any, dtype: Any = None, **_layout: Any) -> Any:
        return to_tensor(np.zeros(shape, numpy_dtype(standardize_dtype(dtype))), dtype)


@public("initializers.Ones", "initializers.ones")
class Ones(Initializer):
    """All ones.

    Example:
        >>> initializers.Ones()((3,))
        Tensor([1., 1., 1.], dtype=float32)
    """

    def __call__(self, shape: Any, dtype: Any = None, **_layout: Any) -> Any:
        return to_tensor(np.ones(shape, numpy_dtype(standardize_dtype(dtype))), dtype)


@public("initializers.Constant", "initializers.constant")
class Constant(Initializer):
    """One value everywhere.

    Args:
        value: number, or array that broadcasts to the shape asked for.
    Example:
        >>> initializers.Constant(0.5)((2, 2))
        Tensor([[0.5, 0.5],
                [0.5, 0.5]], dtype=float32)
    """

    def __init__(self, value: Any = 0.0):
        self.value = value

    def __call__(self, shape: Any, dtype: Any = None, **_layout: Any) -> Any:
        value = np.asarray(self.value)
        try:
            filled = np.broadcast_to(value, tuple(shape))
        except ValueError:
            raise ValueError(
                f"Constant: a value of shape {value.shape} does not broadcast to the shape {tuple(shape)} asked for."
            ) from None
        return to_tensor(filled, dtype)

    def get_config(self) -> dict[str, Any]:
        return {"value": serialize_keras_object(self.value)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Constant":
        return cls(deserialize_keras_object(config["value"]) if "value" in config else 0.0)


@public("initializers.Identity", "initializers.IdentityInitializer", "initializers.identity")
class Identity(Initializer):
    """`gain` times the identity matrix, for weights with two axes.

    Args:
        gain: number that multiplies the matrix.
    Raises ValueError when called for a shape that has not two axes.
    Example:
        >>> initializers.Identity(2.0)((2, 2))
        Tensor([[2., 0.],
                [0., 2.]], dtype=float32)
    """

    def __init__(self, gain: float = 1.0):
        self.gain = gain

    def __call__(self, shape: Any, dtype: Any = None, **_layout: Any) -> Any:
        if len(shape) != 2:
            raise ValueError(f"Identity: expected a shape with two axes; got {tuple(shape)}.")
        return to_tensor(self.gain * np.eye(*shape), dtype)

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain}


@public("initializers.STFT", "initializers.STFTInitializer", "initializers.stft")
class STFT(Initializer):
    """The kernels of a short-time Fourier transform, for a convolution over a signal.

    Weight [t, 0, k] = window(t) · cos(2πkt/n) (`side="real"`) or - window(t) · sin(2πkt/n) (`"imag"`), with n
    the FFT length.

    Args:
        side: "real" or "imag".
        window: name of a SciPy-like window ("hann", "hamming"), an array of its values, or None for ones.
        scaling: "density", "spectrum" or None.
        periodic: whether the window is periodic rather than symmetric.
    Raises ValueError for other values, or for a shape other than (frame_length, 1, fft_length // 2 + 1).
    Example:
        >>> initializers.STFT()((8, 1, 5)).shape
        (8, 1, 5)
    """

    def __init__(
        self, side: str = "real", window: Any = "hann", scaling: str | None = "density", periodic: bool = False
    ):
        if side not in ("real", "imag"):
            raise ValueError(f"STFT: side must be 'real' or 'imag'; got {side!r}.")
        if isinstance(window, str) and window not in _WINDOWS:
            raise ValueError(f"STFT: window must be one of {tuple(_WINDOWS)}, an array or None; got {window!r}.")
        if scaling not in ("density", "spectrum", None):
            raise ValueError(f"STFT: scaling must be 'density', 'spectrum' or None; got {scaling!r}.")
        self.side = side
        self.window = window
        self.scaling = scaling
        self.periodic = periodic

    def __call__(self, shape: Any, dtype: Any = None, **_layout: Any) -> Any:
        if len(shape) != 3 or shape[1] != 1:
            raise ValueError(f"STFT: expected a shape (frame_length, 1, fft_length // 2 + 1); got {tuple(shape)}.")
        length, _, bins = shape
        fft_length = (bins - 1) * 2
        window = self._window_values(length)
        if self.scaling == "density":
            window = window / np.sqrt(np.sum(window**2))
        elif self.scaling == "spectrum":
            window = window / np.sum(window)
        angle = 2 * np.pi * np.arange(length)[:, None, None] * np.arange(bins) / max(fft_length, 1)
        wave = np.cos(angle) if self.side == "real" else -np.sin(angle)
        return to_tensor(wave * window[:, None, None], dtype)

    def _window_values(self, length: int) -> np.ndarray:
        if self.window is None:
            return np.ones(length)
        if not isinstance(self.window, str):
            values = np.asarray(self.window, dtype="float64")
            if values.shape != (length,):
                raise ValueError(f"STFT: the window must have shape ({length},); got {values.shape}.")
            return values
        steps = np.arange(length) / max(length if self.periodic else length - 1, 1)
        first, second = _WINDOWS[self.window]
        return first - second * np.cos(2 * np.pi * steps)

    def get_config(self) -> dict[str, Any]:
        window = self.window if isinstance(self.window, str) else serialize_keras_object(self.window)
        return {"side": self.side, "window": window, "periodic": self.periodic, "scaling": self.scaling}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "STFT":
        return cls(**{**config, "window": deserialize_keras_object(config.get("window", "hann"))})


_WINDOWS = {"hann": (0.5, 0.5), "hamming": (0.54, 0.46)}
