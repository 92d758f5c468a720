"""`told_by_values`: which activation a function of the user's is."""

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from lamina.engines import engine
from lamina.variables import StateScope

_PROBE = np.array([[-3.0, -0.5, 0.25, 2.0], [1.0, -1.5, 4.0, 8.0]], "float32")
_SHARES = np.exp(_PROBE) / np.exp(_PROBE).sum(axis=-1, keepdims=True)
_KNOWN = {
    "sigmoid": 1 / (1 + np.exp(-_PROBE)), "tanh": np.tanh(_PROBE), "relu": np.maximum(_PROBE, 0),
    "softplus": np.log1p(np.exp(_PROBE)), "softmax": _SHARES,
    "softmax over another axis": np.exp(_PROBE) / np.exp(_PROBE).sum(axis=0, keepdims=True),
}  # fmt: skip
_told: weakref.WeakKeyDictionary[Any, str | None] = weakref.WeakKeyDictionary()


def told_by_values(function: Callable[..., Any]) -> str | None:
    """The name of the activation that gives what a function gives for a few numbers; None for another."""
    try:
        if function not in _told:
            _told[function] = _name(function)
        return _told[function]
    except TypeError:  # one that cannot be kept
        return _name(function)


def _name(function: Callable[..., Any]) -> str | None:
    try:
        with engine.quiet(), np.errstate(all="ignore"), StateScope():  # it may draw numbers
            given = np.asarray(engine.numpy(function(engine.tensor(_PROBE))))
    except Exception:  # it takes other shapes, or more
        return None
    if given.shape != _PROBE.shape or given.dtype.kind != "f":
        return None
    return next((name for name, values in _KNOWN.items() if np.allclose(given, values, rtol=1e-3, atol=1e-4)), None)
