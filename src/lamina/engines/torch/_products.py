"""Products, decompositions and Fourier transforms, by NumPy's names."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from ._tensors import in_int64, tensor


def matmul(a: Any, b: Any) -> torch.Tensor:
    return in_int64(torch.matmul, tensor(a), tensor(b))


def tensordot(a: Any, b: Any, axes: Any = 2) -> torch.Tensor:
    if not isinstance(axes, (int, np.integer)):
        axes = tuple([int(v)] if isinstance(v, (int, np.integer)) else [int(i) for i in v] for v in axes)
    return in_int64(lambda x, y: torch.tensordot(x, y, axes), tensor(a), tensor(b))


def einsum(subscripts: str, *operands: Any) -> torch.Tensor:
    return in_int64(lambda *parts: torch.einsum(subscripts, *parts), *(tensor(x) for x in operands))


def _raises_as_numpy(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except torch.linalg.LinAlgError as error:
            raise np.linalg.LinAlgError(str(error).partition(": ")[2] or str(error)) from None

    return apply


def _svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    if not compute_uv:
        return torch.linalg.svdvals(x)
    return tuple(torch.linalg.svd(x, full_matrices=full_matrices))


def _all(function: Callable[..., Any]) -> Callable[..., Any]:
    """The results as a plain tuple."""
    return lambda *args, **kwargs: tuple(function(*args, **kwargs))


_LINALG = {
    "cholesky": torch.linalg.cholesky, "inv": torch.linalg.inv, "solve": torch.linalg.solve, "det": torch.linalg.det,
    "slogdet": _all(torch.linalg.slogdet), "eig": _all(torch.linalg.eig), "eigh": _all(torch.linalg.eigh),
    "qr": lambda x, mode="reduced": tuple(torch.linalg.qr(x, mode=mode)), "svd": _svd,
}  # fmt: skip
linalg = SimpleNamespace(**{name: _raises_as_numpy(function) for name, function in _LINALG.items()})
fft = SimpleNamespace(
    fft=torch.fft.fft, ifft=torch.fft.ifft, fft2=torch.fft.fft2, ifft2=torch.fft.ifft2, rfft=torch.fft.rfft,
    irfft=torch.fft.irfft,
)  # fmt: skip
