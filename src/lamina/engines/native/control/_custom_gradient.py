"""Gradients that the caller stops or writes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lamina import tree

from .._cut import WHOLE
from .._graph import Spec
from .._operands import to_array
from .._primitive import Primitive
from .._trace import is_traced
from ..primitives._cast import stop_gradient as stopped


def stop_gradient(x: Any) -> Any:
    """`x`, as a constant for differentiation."""
    return tree.map_structure(lambda v: stopped(to_array(v)), x)


def _forward(*args: np.ndarray, outputs: int, gradient: Callable[..., Any], out: Any = None) -> Any:
    return tuple(np.array(a) for a in args[:outputs])


def _vjp(g: Any, y: Any, *args: Any, needed: Any, outputs: int, gradient: Callable[..., Any]) -> list[Any]:
    given = gradient(*(g if isinstance(g, tuple) else (g,)))
    given = list(given) if isinstance(given, (tuple, list)) else [given]
    if len(given) != len(args) - outputs:
        raise ValueError(
            f"custom_gradient: the gradient function gave {len(given)} gradients for {len(args) - outputs} arguments."
        )
    return [None] * outputs + given


# Inputs: the outputs of the function, then its arguments; gives the outputs, with the user's gradient.
with_gradient = Primitive(
    "with_gradient",
    forward=_forward,
    shape=lambda *args, outputs, gradient: tuple(Spec(a.shape, a.dtype) for a in args[:outputs]),
    vjp=_vjp,
    cut=WHOLE,
)


def custom_gradient(fun: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates `fun(*args) -> (value, grad)` where `grad(*upstream)` gives the gradient for each argument."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        inputs = [to_array(a) for a in args]
        if not any(is_traced(a) for a in inputs):
            return fun(*args, **kwargs)[0]
        value, grad = fun(*(stopped(a) for a in inputs), **kwargs)
        leaves = [to_array(v) for v in tree.flatten(value)]

        def gradient(*upstream: Any, **_: Any) -> Any:
            try:
                return grad(*upstream)
            except TypeError as error:
                if "upstream" not in str(error):
                    raise
                return grad(upstream=upstream[0])

        results = with_gradient(*leaves, *inputs, outputs=len(leaves), gradient=gradient)
        return tree.pack_sequence_as(value, results if isinstance(results, tuple) else (results,))

    return wrapped
