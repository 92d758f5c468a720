"""`told_by_values`, `is_straight`: which activation a function of the user's is, and whether it is one at all."""

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from lamina import ops
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
_straight: weakref.WeakKeyDictionary[Any, bool] = weakref.WeakKeyDictionary()


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


def is_straight(function: Callable[..., Any]) -> bool:
    """Whether a function gives its argument times a number, and hands on gradients so."""
    try:
        if function not in _straight:
            _straight[function] = _is_straight(function)
        return _straight[function]
    except TypeError:  # one that cannot be kept
        return _is_straight(function)


def _is_straight(function: Callable[..., Any]) -> bool:
    try:
        with engine.quiet(), np.errstate(all="ignore"), StateScope():
            total, slopes = engine.value_and_grad(lambda values: ops.sum(function(values[0])))([engine.tensor(_PROBE)])
            given = np.asarray(engine.numpy(function(engine.tensor(_PROBE))))
            slope = np.asarray(engine.numpy(slopes[0]))
    except Exception:  # it takes other shapes, or more
        return False
    factor = slope.flat[0]
    is_one = given.shape == _PROBE.shape and bool(np.isfinite(engine.numpy(total))) and factor != 0
    return (
        is_one and np.allclose(slope, factor, rtol=1e-4) and np.allclose(given, factor * _PROBE, rtol=1e-3, atol=1e-4)
    )
