"""Inside lamina's calls a tensor is a value: `x += 1` makes a new one, and `x[i] = v` says what to use.

torch's own in-place operators stay what they are outside (in a program's own loops) and in torch's own code.
"""

import sys
from collections.abc import Callable
from typing import Any

import torch

from lamina._checks import NO_ASSIGNMENT
from lamina._where import where

from ._tensors import local, tracing

_OPERATORS = "add sub mul truediv floordiv mod pow and or xor lshift rshift".split()
_OWN_CODE = ("torch", "lamina.engines.torch")


def _is_value() -> bool:
    """Whether the code that works on a tensor is that of a layer, loss, metric or step, or runs under a tape."""
    if not where.place[0] and not local.tapes and not local.recording and not tracing():
        return False
    caller = sys._getframe(2).f_globals.get("__name__", "")
    return not any(caller == own or caller.startswith(f"{own}.") for own in _OWN_CODE)


def _new_value(in_place: Callable[..., Any], plain: Callable[..., Any]) -> Callable[..., Any]:
    def operator(self: torch.Tensor, other: Any) -> Any:
        return plain(self, other) if _is_value() else in_place(self, other)

    return operator


def _no_assignment(assign: Callable[..., Any]) -> Callable[..., Any]:
    def setitem(self: torch.Tensor, index: Any, value: Any) -> None:
        if _is_value():
            raise TypeError(NO_ASSIGNMENT)
        assign(self, index, value)

    return setitem


def _attach() -> None:
    cls: Any = torch.Tensor
    for name in _OPERATORS:
        setattr(cls, f"__i{name}__", _new_value(getattr(cls, f"__i{name}__"), getattr(cls, f"__{name}__")))
    cls.__setitem__ = _no_assignment(cls.__setitem__)


_attach()
