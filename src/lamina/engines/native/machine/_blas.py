"""Products of matrices through the BLAS that NumPy has loaded, called without NumPy.

Nothing is assumed of it that was not seen: the file is the one that the process has open, the function one of the names that
OpenBLAS builds give it, and a small product on known numbers says whether its integers are as wide as the name promises.
"""

import ctypes
from collections.abc import Iterator
from functools import cache

import numpy as np

from lamina._lazy import lazy_module

from .._threads import is_of_numpy
from ._library import define_symbol

threadpoolctl = lazy_module("threadpoolctl")

ROW_MAJOR, AS_IS, TRANSPOSED = 101, 111, 112
# Names of a product in float32, with the type of its sizes; NumPy's wheels carry the first.
_NAMES = {
    "scipy_cblas_{}gemm64_": ctypes.c_int64,
    "cblas_{}gemm64_": ctypes.c_int64,
    "scipy_cblas_{}gemm": ctypes.c_int32,
    "cblas_{}gemm": ctypes.c_int32,
}
_LETTERS = {"float32": ("s", ctypes.c_float), "float64": ("d", ctypes.c_double)}


@cache
def product(dtype_name: str) -> tuple[str, str] | None:
    """The symbol of the product of matrices in that dtype and LLVM's type of its sizes; None where there is none."""
    letter, real = _LETTERS[dtype_name]
    for function, whole in _candidates(letter):
        function.argtypes = [ctypes.c_int] * 3 + [whole] * 3 + [real, *[ctypes.c_void_p, whole] * 2, real,
                             ctypes.c_void_p, whole]  # fmt: skip
        function.restype = None
        if _multiplies(function, dtype_name):
            symbol = f"lamina_{letter}gemm"
            address = ctypes.cast(function, ctypes.c_void_p).value
            assert address is not None
            define_symbol(symbol, address)
            return symbol, "i64" if whole is ctypes.c_int64 else "i32"
    return None


def _candidates(letter: str) -> Iterator[tuple[ctypes._CFuncPtr, type]]:  # type: ignore[name-defined]
    # NumPy's own first: only that is sure to be held to one thread while programs run.
    for info in sorted(threadpoolctl.threadpool_info(), key=lambda info: not is_of_numpy(info["filepath"])):
        if info["user_api"] != "blas" or info["internal_api"] != "openblas":
            continue
        loaded = ctypes.CDLL(info["filepath"])
        for name, whole in _NAMES.items():
            if hasattr(loaded, name.format(letter)):
                yield getattr(loaded, name.format(letter)), whole


def _multiplies(gemm: ctypes._CFuncPtr, dtype_name: str) -> bool:  # type: ignore[name-defined]
    a, b = (np.arange(6, dtype=dtype_name).reshape(shape) for shape in ((2, 3), (3, 2)))
    out = np.full((2, 2), np.nan, dtype_name)
    gemm(ROW_MAJOR, AS_IS, AS_IS, 2, 2, 3, 1.0, a.ctypes.data, 3, b.ctypes.data, 2, 0.0, out.ctypes.data, 2)
    return bool(np.array_equal(out, a @ b))
