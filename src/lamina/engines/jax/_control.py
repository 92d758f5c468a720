"""Control flow: JAX's own where a value is traced, plain Python where all is known."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from lamina import tree

from ._tape import is_known, settle


def as_jax(x: Any) -> Any:
    """Everything numeric as a JAX array with a dtype of its own (no weak types, which would trace anew)."""
    if x is None:
        return x
    if hasattr(x, "__tensor__"):
        x = x.__tensor__()
    x = settle(x)
    if isinstance(x, jax.Array):
        return lax.convert_element_type(x, x.dtype) if x.weak_type else x
    if type(x) in (int, float):
        return jnp.asarray(x, np.int32 if type(x) is int else np.float32)
    return jnp.asarray(x, np.asarray(x).dtype)


def arrays(structure: Any) -> list[Any]:
    return [as_jax(x) for x in tree.flatten(structure)]


def scan(
    f: Callable[..., Any], init: Any, xs: Any = None, length: int | None = None, reverse: bool = False, unroll: Any = 1
) -> Any:
    """`carry, y = f(carry, x)` over the leading axis; the last carry and the stacked ys.

    Raises ValueError if `xs` and `length` leave the number of steps open or disagree, or the carry changes shape.
    """
    leaves = arrays(xs) if xs is not None else []
    sizes = {int(x.shape[0]) for x in leaves} | ({int(length)} if length is not None else set())
    if len(sizes) != 1:
        raise ValueError(f"scan: needs one number of steps from xs and length; got {sorted(sizes) or 'none'}.")
    steps = sizes.pop()
    carry = arrays(init)
    seen: dict[str, Any] = {}

    def body(state: list[Any], row: list[Any]) -> Any:
        new, y = f(tree.pack_sequence_as(init, state), tree.pack_sequence_as(xs, row) if leaves else None)
        seen["y"] = y
        new = [as_jax(n).astype(c.dtype) for n, c in zip(tree.flatten(new), carry, strict=True)]
        for n, c in zip(new, carry):
            if n.shape != c.shape:
                raise ValueError(f"scan: the carry changes shape from {c.shape} to {n.shape}.")
        return new, [as_jax(v) for v in tree.flatten(y) if v is not None]

    last, ys = lax.scan(body, carry, leaves, length=steps, reverse=reverse, unroll=unroll)
    stacked = iter(ys)
    result = tree.map_structure(lambda v: None if v is None else next(stacked), seen["y"])
    return tree.pack_sequence_as(init, last), result


def while_loop(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, maximum_iterations: int | None = None
) -> Any:
    """Repeats `loop_vars = body(*loop_vars)` while `cond(*loop_vars)`. No gradient flows through; use scan for that."""
    is_tuple = isinstance(loop_vars, (tuple, list))
    given = tuple(loop_vars) if is_tuple else (loop_vars,)
    start = arrays(given)

    def test(state: Any) -> Any:
        more = as_jax(cond(*tree.pack_sequence_as(given, state[1]))).astype(bool).reshape(())
        return more if maximum_iterations is None else more & (state[0] < maximum_iterations)

    def step(state: Any) -> Any:
        result = body(*tree.pack_sequence_as(given, state[1]))
        result = result if isinstance(result, (tuple, list)) else (result,)
        return state[0] + 1, [as_jax(r).astype(s.dtype) for r, s in zip(tree.flatten(result), start, strict=True)]

    _, last = lax.while_loop(test, step, (jnp.asarray(0, np.int32), start))
    packed = tree.pack_sequence_as(given, last)
    return packed if is_tuple else packed[0]


def cond(pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any]) -> Any:
    """`true_fn()` or `false_fn()`, as the scalar `pred` says; both must return like structures when it is traced."""
    pred = as_jax(pred)
    if is_known(pred):
        return true_fn() if bool(pred) else false_fn()
    seen: dict[str, Any] = {}

    def branch(fn: Callable[..., Any]) -> Callable[..., Any]:
        def run() -> list[Any]:
            result = fn()
            seen.setdefault("result", result)
            return [as_jax(x) for x in tree.flatten(result) if x is not None]

        return run

    branches = branch(true_fn), branch(false_fn)
    try:
        found = iter(lax.cond(pred.astype(bool).reshape(()), *branches))
    except TypeError as error:
        # Asked only then: to know the shapes before would trace each branch twice, and nested branches ever more often.
        specs = [[(x.shape, x.dtype.name) for x in jax.eval_shape(b)] for b in branches]
        if specs[0] == specs[1]:
            raise
        raise TypeError(
            f"cond: the branches must return tensors of equal shapes and dtypes; got {specs[0]} and {specs[1]}."
        ) from error
    return tree.map_structure(lambda x: None if x is None else next(found), seen["result"])


def vectorized_map(function: Callable[..., Any], elements: Any) -> Any:
    """`function` on each entry of the leading axis, results stacked."""
    seen: dict[str, Any] = {}

    def one(row: list[Any]) -> list[Any]:
        seen["y"] = function(tree.pack_sequence_as(elements, row))
        return arrays(seen["y"])

    stacked = jax.vmap(one)(arrays(elements))
    return tree.pack_sequence_as(seen["y"], stacked)


def stop_gradient(x: Any) -> Any:
    """`x`, as a constant for differentiation."""
    return tree.map_structure(lambda v: lax.stop_gradient(as_jax(v)), x)


def custom_gradient(fun: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates `fun(*args) -> (value, grad)` where `grad(*upstream)` gives the gradient for each argument."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        seen: dict[str, Any] = {}

        @jax.custom_vjp
        def function(*inputs: Any) -> list[Any]:
            return forward(*inputs)[0]

        def forward(*inputs: Any) -> Any:
            value, seen["grad"] = fun(*inputs, **kwargs)
            seen["value"] = value
            return arrays(value), inputs

        def backward(inputs: Any, upstream: list[Any]) -> Any:
            _, grad = fun(*inputs, **kwargs)
            try:
                given = grad(*upstream)
            except TypeError as error:
                if "upstream" not in str(error):
                    raise
                given = grad(upstream=upstream[0])
            given = list(given) if isinstance(given, (tuple, list)) else [given]
            if len(given) != len(inputs):
                raise ValueError(
                    f"custom_gradient: the gradient function gave {len(given)} gradients for {len(inputs)} arguments."
                )
            return tuple(
                (jnp.zeros_like(x) if g is None else as_jax(g).astype(x.dtype))
                if jnp.issubdtype(x.dtype, jnp.inexact)
                else np.zeros(x.shape, jax.dtypes.float0)
                for g, x in zip(given, inputs)
            )

        function.defvjp(forward, backward)
        found = function(*(as_jax(a) for a in args))
        return tree.pack_sequence_as(seen["value"], found)

    return wrapped
