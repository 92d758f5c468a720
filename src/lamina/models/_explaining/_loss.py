"""The losses that people meet first, written out."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from lamina.viewing._explanation import LOSS, Line, Section

from ._writing import factor, number

_MOST = 12  # numbers of an output whose loss is written out
_SHORT = {"mse": "mean_squared_error"}


def loss_section(model: Any, y: Any, outputs: Any, loss: float, gradient: np.ndarray) -> Section:
    """What the loss is of; its formula where it is one of those known here and no penalty is added.

    Args:
        y, outputs: of one row, with the batch axis.
        loss: of the tape; `gradient` of it for what the last layer gives, without the batch axis.
    """
    name = _name_of(model.loss)
    line = Line("L", "", loss)
    if name in _WRITTEN and isinstance(outputs, np.ndarray) and outputs.size <= _MOST:
        formula, value = _WRITTEN[name](np.ravel(y), np.ravel(outputs).astype("float64"))
        if np.isclose(value, loss, 1e-3, 1e-6):
            line = Line("L", formula, loss)
    is_only = isinstance(outputs, np.ndarray) and outputs.shape[1:] == gradient.shape and gradient.size <= _MOST
    lines = [line, *_slopes(gradient)] if is_only else [line]
    return Section(LOSS, model.name, name or "the loss, with what layers add", tuple(lines))


def _name_of(loss: Any) -> str:
    name = loss if isinstance(loss, str) else getattr(loss, "name", None) or getattr(loss, "__name__", "")
    return _SHORT.get(name, name)


def _slopes(gradient: np.ndarray) -> Iterator[Line]:
    for place in np.ndindex(gradient.shape):
        at = ", ".join(str(n + 1) for n in place)
        yield Line(f"∂L/∂output of unit {at}" if at else "∂L/∂output", "", float(gradient[place]))


def _mean(terms: list[str], values: list[float]) -> tuple[str, float]:
    whole = " + ".join(terms)
    return whole if len(terms) == 1 else f"({whole}) / {len(terms)}", float(np.mean(values))


def _squared(y: np.ndarray, out: np.ndarray) -> tuple[str, float]:
    y = np.broadcast_to(y, out.shape) if y.size == 1 else y
    return _mean([f"({number(o)} - {factor(t)})²" for t, o in zip(y, out)], [(o - t) ** 2 for t, o in zip(y, out)])


def _binary(y: np.ndarray, out: np.ndarray) -> tuple[str, float]:
    terms = [f"-ln({number(o)})" if t == 1 else f"-ln(1 - {number(o)})" for t, o in zip(y, out)]
    return _mean(terms, [float(-np.log(np.clip(o if t == 1 else 1 - o, 1e-7, 1))) for t, o in zip(y, out)])


def _sparse(y: np.ndarray, out: np.ndarray) -> tuple[str, float]:
    share = out[int(y[0])]
    return f"-ln({number(share)})", float(-np.log(max(share, 1e-7)))


def _categorical(y: np.ndarray, out: np.ndarray) -> tuple[str, float]:
    pairs = [(t, o) for t, o in zip(y, out) if t]
    terms = [f"-ln({number(o)})" if t == 1 else f"-{factor(t)} · ln({number(o)})" for t, o in pairs]
    return " + ".join(terms), float(-sum(t * np.log(max(o, 1e-7)) for t, o in pairs))


_WRITTEN = {
    "mean_squared_error": _squared, "binary_crossentropy": _binary, "sparse_categorical_crossentropy": _sparse,
    "categorical_crossentropy": _categorical,
}  # fmt: skip
