"""Numbers and sums as people write them."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from lamina import ops
from lamina.engines import engine
from lamina.viewing._explanation import Line, Section

_TERMS = 12  # of a sum that are written out; of longer ones the largest


def number(value: float) -> str:
    return f"{value + 0.0:.4g}"  # no -0


def factor(value: float) -> str:
    """A number beside an operator: in brackets if it is negative."""
    return f"({number(value)})" if value < 0 else number(value)


def sum_of(products: Sequence[tuple[float, float]], *more: float) -> str:
    """`2.5 · 5 + 90`, of pairs to be multiplied and of single numbers."""
    kept = range(len(products))
    if len(products) > _TERMS:
        largest = sorted(kept, key=lambda n: -abs(products[n][0] * products[n][1]))
        kept = sorted(largest[: _TERMS - 2])
    texts = [f"{factor(products[n][0])} · {factor(products[n][1])}" for n in kept]
    if len(kept) < len(products):
        rest = sum(a * b for n, (a, b) in enumerate(products) if n not in set(kept))
        texts.append(f"[{len(products) - len(kept)} more: {number(rest)}]")
    return " + ".join([*texts, *map(factor, more)])


def section(direction: str, layer: Any, title: str, lines: Iterator[Line], total: int, most: int | None) -> Section:
    """The first `most` of the lines that a generator would give, of which there are `total`."""
    kept = tuple(itertools.islice(lines, most))
    return Section(direction, layer.name, f"{layer.name}, {title}", kept, total - len(kept))


def named(activation: Callable[..., Any]) -> str:
    return getattr(activation, "__name__", type(activation).__name__)


def activated(activation: Any, sums: np.ndarray) -> np.ndarray:
    """The activation of sums, as the engine computes it."""
    return np.asarray(ops.convert_to_numpy(activation(ops.convert_to_tensor(sums, "float32"))), "float64")


def pulled_back(activation: Any, sums: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """The gradient for the sums, from the one for what the activation makes of them."""
    weights = ops.convert_to_tensor(gradient, "float32")
    run = engine.value_and_grad(lambda z: ops.sum(ops.multiply(activation(z), weights)))
    return np.asarray(ops.convert_to_numpy(run(ops.convert_to_tensor(sums, "float32"))[1]), "float64")
