"""Frames of sequences and Fourier transforms; complex values go as pairs of a real and an imaginary tensor."""

from typing import Any

import numpy as np

from lamina._checks import check_each, check_positive_int
from lamina._typing import Tensor, TensorLike
from lamina.engines import engine

from ._backend import xp
from ._convert import floating, imaginary_unit, promote, tensor, to
from ._dtypes import dtype_name, numpy_dtype
from ._op import op
from ._window_functions import window_values


def _pair(name: str, x: Any) -> tuple[Any, Any]:
    """The real and the imaginary tensor, in one dtype."""
    if not isinstance(x, (tuple, list)) or len(x) != 2:
        raise ValueError(f"{name}: x must be a pair (real, imaginary); got {type(x).__name__}.")
    real, imaginary = promote(*x, arrays=True, also=(float,))
    if tuple(real.shape) != tuple(imaginary.shape):
        raise ValueError(
            f"{name}: the parts must have one shape; got {tuple(real.shape)} and {tuple(imaginary.shape)}."
        )
    return real, imaginary


def _traced(*parts: Any) -> bool:
    """Whether a fast transform cannot be recorded, so that the product with the matrix of the transform must do."""
    return not engine.TRACES_FFT and any(engine.is_traced(x) for x in parts)


def _complex(real: Any, imaginary: Any) -> Any:
    return real + imaginary * imaginary_unit(real)


def _parts(z: Any, dtype: str) -> tuple[Any, ...]:
    return to(xp.real(z), dtype), to(xp.imag(z), dtype)


def _waves(rows: int, columns: int, n: int, dtype: str) -> tuple[np.ndarray, np.ndarray]:
    """cos and sin of 2π·row·column / n."""
    angles = 2 * np.pi / n * ((np.arange(rows)[:, None] * np.arange(columns)[None, :]) % n)
    return np.cos(angles).astype(numpy_dtype(dtype)), np.sin(angles).astype(numpy_dtype(dtype))


def _dft(real: Any, imaginary: Any, sign: int) -> tuple[Any, Any]:
    """Σₖ (real + i·imaginary)ₖ · e^(sign·2πi·jk/n) along the last axis, as matrix products."""
    n = real.shape[-1]
    cos, sin = _waves(n, n, n, dtype_name(real))
    a, b = xp.matmul(real, cos), xp.matmul(imaginary, sin)
    c, d = xp.matmul(imaginary, cos), xp.matmul(real, sin)
    return (a - sign * b), (c + sign * d)


def _dft2(real: Any, imaginary: Any, sign: int) -> tuple[Any, Any]:
    turned = [xp.swapaxes(v, -1, -2) for v in _dft(real, imaginary, sign)]
    a, b = _dft(turned[0], turned[1], sign)
    return xp.swapaxes(a, -1, -2), xp.swapaxes(b, -1, -2)


def _cut(x: Any, n: int) -> Any:
    """The last axis cut, or filled with zeros, to size n."""
    size = x.shape[-1]
    if size >= n:
        return x[..., :n]
    return xp.pad(x, ((0, 0),) * (x.ndim - 1) + ((0, n - size),), mode="constant", constant_values=0)


@op("math", class_name="FFT")
def fft(x: TensorLike) -> tuple[Tensor, Tensor]:
    """Discrete Fourier transform along the last axis.

    Args:
        x: pair of tensors `(..., n)`, real and imaginary part, floating.

    Returns: pair of tensors `(..., n)`.
    """
    real, imaginary = _pair("fft", x)
    if _traced(real, imaginary):
        return _dft(real, imaginary, -1)
    return _parts(xp.fft.fft(_complex(real, imaginary)), dtype_name(real))


@op("math", class_name="FFT2")
def fft2(x: TensorLike) -> tuple[Tensor, Tensor]:
    """Discrete Fourier transform along the last two axes.

    Args:
        x: pair of tensors `(..., n, m)`, real and imaginary part, floating.

    Returns: pair of tensors `(..., n, m)`.
    """
    real, imaginary = _pair("fft2", x)
    if _traced(real, imaginary):
        return _dft2(real, imaginary, -1)
    return _parts(xp.fft.fft2(_complex(real, imaginary)), dtype_name(real))


@op("math", class_name="IFFT2")
def ifft2(x: TensorLike) -> tuple[Tensor, Tensor]:
    """Inverse of `fft2`.

    Args:
        x: pair of tensors `(..., n, m)`, real and imaginary part, floating.

    Returns: pair of tensors `(..., n, m)`.
    """
    real, imaginary = _pair("ifft2", x)
    if _traced(real, imaginary):
        size = real.shape[-1] * real.shape[-2]
        a, b = _dft2(real, imaginary, 1)
        return a / size, b / size
    return _parts(xp.fft.ifft2(_complex(real, imaginary)), dtype_name(real))


@op("math", tensors="x", class_name="RFFT")
def rfft(x: TensorLike, fft_length: int | None = None) -> tuple[Tensor, Tensor]:
    """Discrete Fourier transform of real values along the last axis, the half that is not redundant.

    Args:
        x: `(..., n)`, floating.
        fft_length: int, to cut or fill the axis to; n if None.

    Returns: pair of tensors `(..., fft_length // 2 + 1)`.
    """
    x = floating(x)
    if not _traced(x):
        return _parts(xp.fft.rfft(x, n=fft_length), dtype_name(x))
    n = fft_length or x.shape[-1]
    cos, sin = _waves(n, n // 2 + 1, n, dtype_name(x))
    x = _cut(x, n)
    return xp.matmul(x, cos), -xp.matmul(x, sin)


@op("math", tensors="x", class_name="IRFFT")
def irfft(x: TensorLike, fft_length: int | None = None) -> Tensor:
    """Inverse of `rfft`.

    Args:
        x: pair of tensors `(..., n)`.
        fft_length: int, the size of the result's last axis; 2 (n - 1) if None.

    Returns: `(..., fft_length)`, floating.
    """
    real, imaginary = _pair("irfft", x)
    dtype = dtype_name(real)
    if not _traced(real, imaginary):
        return to(xp.fft.irfft(_complex(real, imaginary), n=fft_length), dtype)
    n = fft_length or 2 * (real.shape[-1] - 1)
    half = n // 2 + 1
    cos, sin = _waves(half, n, n, dtype)
    # Each frequency but the first, and the last of an even n, stands for itself and its mirror image.
    weight = np.full((half, 1), 2 / n)
    weight[0] = 1 / n
    if n % 2 == 0:
        weight[-1] = 1 / n
    weight = weight.astype(numpy_dtype(dtype))
    return xp.matmul(_cut(real, half), cos * weight) - xp.matmul(_cut(imaginary, half), sin * weight)


@op("math", tensors="x")
def extract_sequences(x: TensorLike, sequence_length: int, sequence_stride: int) -> Tensor:
    """Overlapping windows of the last axis.

    Args:
        x: `(..., n)`.
        sequence_length: int, the size of a window.
        sequence_stride: int, the distance between two.

    Returns: `(..., windows, sequence_length)`, the ones that fit whole.
    """
    check_each(
        check_positive_int, "extract_sequences", sequence_length=sequence_length, sequence_stride=sequence_stride
    )
    x = tensor(x)
    count = (x.shape[-1] - sequence_length) // sequence_stride + 1
    if count < 1:
        raise ValueError(f"extract_sequences: windows of {sequence_length} do not fit an axis of size {x.shape[-1]}.")
    return xp.take(x, sequence_stride * np.arange(count)[:, None] + np.arange(sequence_length)[None, :], axis=-1)


def _window(window: Any, length: int, fft_length: int, dtype: str) -> Any:
    """The window in the middle of `fft_length` places."""
    if isinstance(window, str):
        values = window_values(window, length)
    elif window is None:
        values = np.ones(length)
    else:
        values = np.asarray(engine.numpy(tensor(window)))
        if values.shape != (length,):
            raise ValueError(f"window must have shape ({length},); got {values.shape}.")
    left = (fft_length - length) // 2
    return np.pad(values, (left, fft_length - length - left)).astype(numpy_dtype(dtype))


def _check_frames(name: str, sequence_length: int, fft_length: int) -> None:
    check_each(check_positive_int, name, sequence_length=sequence_length, fft_length=fft_length)
    if fft_length < sequence_length:
        raise ValueError(f"{name}: fft_length ({fft_length}) must be at least sequence_length ({sequence_length}).")


@op("math", tensors="x", class_name="STFT")
def stft(
    x: TensorLike,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    window: str = "hann",
    center: bool = True,
) -> tuple[Tensor, Tensor]:
    """Fourier transforms of overlapping, windowed frames.

    Args:
        x: `(..., n)`, floating.
        sequence_length: int, size of the window.
        sequence_stride: int, distance between frames.
        fft_length: int, size of a frame.
        window: "hann", "hamming", a tensor `(sequence_length,)`, or None.
        center: whether frame t is centred on t · stride (the ends are mirrored).

    Returns: pair of tensors `(..., frames, fft_length // 2 + 1)`.
    """
    _check_frames("stft", sequence_length, fft_length)
    x = floating(x)
    dtype = dtype_name(x)
    if center:
        n, side = x.shape[-1], fft_length // 2
        x = xp.take(x, np.pad(np.arange(n), (side, side), mode="reflect"), axis=-1)
    frames = extract_sequences(x, fft_length, sequence_stride)
    return rfft(frames * tensor(_window(window, sequence_length, fft_length, dtype)))


@op("math", tensors="x", class_name="ISTFT")
def istft(
    x: TensorLike,
    sequence_length: Any,
    sequence_stride: Any,
    fft_length: Any,
    length: int | None = None,
    window: str = "hann",
    center: bool = True,
) -> Tensor:
    """Inverse of `stft`, by overlapping and adding the frames.

    Args:
        x: pair of tensors `(..., frames, fft_length // 2 + 1)`.
        sequence_length, sequence_stride, fft_length, window, center: as for `stft`.
        length: int, the size of the result's last axis; None: as much as the frames tell.

    Returns: `(..., length)`, floating.
    """
    _check_frames("istft", sequence_length, fft_length)
    frames = irfft(x, fft_length)
    dtype = dtype_name(frames)
    count = frames.shape[-2]
    total = (count - 1) * sequence_stride + fft_length
    shape = _window(window, sequence_length, fft_length, "float64")
    places = sequence_stride * np.arange(count)[:, None] + np.arange(fft_length)[None, :]
    weight = np.zeros(total)
    np.add.at(weight, places, np.broadcast_to(shape**2, places.shape))
    # Adding up the frames is a product with a fixed matrix of ones, so that it has a gradient on every engine.
    adder = np.zeros((count * fft_length, total), numpy_dtype(dtype))
    adder[np.arange(count * fft_length), places.ravel()] = 1
    flat = xp.reshape(frames * tensor(shape.astype(numpy_dtype(dtype))), (*frames.shape[:-2], count * fft_length))
    result = xp.matmul(flat, adder) / tensor(np.where(weight > 1e-10, weight, 1).astype(numpy_dtype(dtype)))
    start = fft_length // 2 if center else 0
    stop = start + length if length is not None else total - start
    return result[..., start:stop]
