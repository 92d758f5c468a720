"""Decisions, loops, gradients of one's own and the scopes of TensorFlow."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from lamina import ops, tree
from lamina.ops import KerasTensor


def cond(pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any], name: Any = None) -> Any:
    """What one of two functions without arguments gives."""
    return ops.cond(pred, true_fn, false_fn)


def while_loop(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True, swap_memory: bool = False, maximum_iterations: int | None = None, name: Any = None,
) -> Any:  # fmt: skip
    """`loop_vars = body(*loop_vars)` while `cond(*loop_vars)` holds. The variables keep their shapes."""
    return ops.while_loop(cond, body, loop_vars, maximum_iterations=maximum_iterations)


def map_fn(
    fn: Callable[..., Any], elems: Any, dtype: Any = None, fn_output_signature: Any = None, **options: Any
) -> Any:
    """`fn` of every entry of the first axis, stacked."""
    return ops.map(fn, elems)


def vectorized_map(fn: Callable[..., Any], elems: Any, fallback_to_while_loop: bool = True, warn: bool = True) -> Any:
    """`fn` of every entry of the first axis, at once."""
    return ops.vectorized_map(fn, elems)


def scan(fn: Callable[..., Any], elems: Any, initializer: Any = None, **options: Any) -> Any:
    """All the values of `a = fn(a, x)` over the entries x of the first axis, stacked."""
    if initializer is None:
        first = tree.map_structure(lambda x: x[0], elems)
        rest = scan(fn, tree.map_structure(lambda x: x[1:], elems), first)
        return tree.map_structure(lambda a, b: ops.concatenate([ops.expand_dims(a, 0), b]), first, rest)

    def step(carry: Any, x: Any) -> tuple[Any, ...]:
        value = fn(carry, x)
        return value, value

    return ops.scan(step, tree.map_structure(ops.convert_to_tensor, initializer), elems)[1]


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """Gives `f(*args) -> (value, grad)` the gradient that `grad(*upstream)` returns."""
    return ops.custom_gradient(f)


def is_symbolic_tensor(x: Any) -> bool:
    """Whether `x` has a shape and no values."""
    return isinstance(x, KerasTensor)


def no_op(name: Any = None) -> None:
    """Nothing."""


def group(*inputs: Any, **options: Any) -> None:
    """Nothing: what is written is done already."""


@contextlib.contextmanager
def _scope(*args: Any, **kwargs: Any) -> Iterator[None]:
    """A scope that changes nothing: no names of operations, one device, and what is written is done in its order."""
    yield


FUNCTIONS: dict[str, Any] = {
    **{
        f.__name__: f
        for f in (
            cond, while_loop, map_fn, vectorized_map, scan, custom_gradient, is_symbolic_tensor, no_op, group,
        )
    },
    **dict.fromkeys(("name_scope", "device", "control_dependencies", "init_scope"), _scope),
}  # fmt: skip
