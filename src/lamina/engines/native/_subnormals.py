"""Subnormal numbers taken for zero while a program runs.

Numbers below the smallest normal one (1.2e-38 in float32) keep fewer and fewer digits, and many processors add or multiply them
some hundred times more slowly. A training makes them by the thousand: a slot of an optimizer whose gradient is zero shrinks by
a tenth each step until it is one. TensorFlow and XLA have the processor take them for zero, and so do the programs of this
engine. What is computed outside of a program keeps to IEEE 754.
"""

import ctypes
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import numpy as np

# The C library's fenv_t on x86-64: 28 bytes of the old coprocessor, then the register MXCSR, in which two bits say that
# subnormal results become zero and that subnormal operands are read as zero (Intel's manual, volume 1, 10.2.3).
_MXCSR = 7
_FLUSH = 0x8000 | 0x0040
_Environment = ctypes.c_uint32 * 8


@contextmanager
def no_subnormals() -> Iterator[None]:
    """In this thread, subnormal operands and results are zero; without effect where that cannot be had."""
    call = _access()
    if call is None:
        yield
        return
    get, put = call
    before, within = _Environment(), _Environment()
    get(before)
    ctypes.memmove(within, before, ctypes.sizeof(before))
    within[_MXCSR] |= _FLUSH
    put(within)
    try:
        yield
    finally:
        put(before)


@cache
def _access() -> tuple[Callable[..., int], Callable[..., int]] | None:
    """The functions that read and write the environment of floating-point numbers, if they do what they are known to do."""
    if sys.platform != "linux" or platform.machine() != "x86_64" or sys.maxsize < 1 << 32:
        return None
    try:
        # PyDLL keeps Python's lock: giving it away would cost more than the call.
        library = ctypes.PyDLL(None)
        get, put = library.fegetenv, library.fesetenv
    except (OSError, AttributeError):
        return None
    return (get, put) if _flushes(get, put) else None


def _flushes(get: Callable[..., int], put: Callable[..., int]) -> bool:
    tiny, half = np.full(16, 1.5e-38, np.float32), np.float32(0.5)
    before, within = _Environment(), _Environment()
    get(before)
    get(within)
    within[_MXCSR] |= _FLUSH
    put(within)
    flushed = tiny * half
    put(before)
    return not flushed.any() and bool((tiny * half).all())
