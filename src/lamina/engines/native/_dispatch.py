"""What NumPy's ufuncs and functions do on tensors and tracers: two tables, filled by the primitives' files."""

from collections.abc import Callable
from typing import Any

# NumPy ufunc or function -> implementation over primitives.
UFUNCS: dict[Any, Callable[..., Any]] = {}
FUNCTIONS: dict[Any, Callable[..., Any]] = {}


def implements(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers what a function of NumPy does on tracers."""

    def attach(fn: Callable[..., Any]) -> Callable[..., Any]:
        for function in functions:
            FUNCTIONS[function] = fn
        return fn

    return attach


def assign_without_writing(cls: type) -> None:
    """Lets `x += y` and its like make a new value."""
    for name in "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift".split():
        setattr(cls, f"__i{name}__", getattr(cls, f"__{name}__"))
