"""Differentiation, shapes without data, and control flow."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import _get_current_dispatch_mode_stack

from lamina import tree

from ._dtypes import numpy_dtype, torch_dtype
from ._tensors import DEVICE, depth_of_differentiation, eagerly, is_traced, local, tensor


@dataclass(frozen=True, slots=True)
class Spec:
    """Shape and dtype of an array, without data."""

    shape: tuple[int, ...]
    dtype: Any


def spec(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What `fn` returns, as Specs, without computing it; Specs among the arguments stand for tensors."""
    stack = _get_current_dispatch_mode_stack()
    outer = next((mode for mode in reversed(stack) if isinstance(mode, FakeTensorMode)), None)
    # Nothing of it is recorded.
    outside = nullcontext() if outer is not None else eagerly()
    mode = nullcontext() if outer is not None else FakeTensorMode(allow_non_fake_inputs=True)
    local.in_spec += 1
    try:
        with outside, mode, torch.no_grad():
            args, kwargs = tree.map_structure(_stand_in, (args, kwargs))
            result = fn(*args, **kwargs)
    finally:
        local.in_spec -= 1
    return tree.map_structure(_as_spec, result)


def _stand_in(x: Any) -> Any:
    return torch.empty(tuple(x.shape), dtype=torch_dtype(x.dtype), device=DEVICE) if isinstance(x, Spec) else x


def _as_spec(x: Any) -> Any:
    if isinstance(x, torch.Tensor):
        return Spec(tuple(x.shape), numpy_dtype(x.dtype))
    if hasattr(x, "shape") and hasattr(x, "dtype"):
        return Spec(tuple(x.shape), np.dtype(str(x.dtype)))
    return _as_spec(tensor(x)) if isinstance(x, (bool, int, float)) else x


# --- differentiation --------------------------------------------------------------------------------------------------


def is_recording() -> bool:
    """Whether something outside will differentiate what is computed now."""
    return depth_of_differentiation() > 0


def as_leaf(x: torch.Tensor) -> torch.Tensor:
    """A tensor over the same data that gradients can be asked for; connected to `x` if that is followed itself."""
    return x.view_as(x) if x.requires_grad and is_recording() else x.detach().requires_grad_()


def gradients_of(
    outputs: Sequence[torch.Tensor], weights: Any, sources: Sequence[Any], keep: bool, create: bool
) -> list[Any]:
    """Gradients of the outputs with respect to tensors; None where they do not depend on one."""
    wanted = [s for s in sources if isinstance(s, torch.Tensor) and s.requires_grad]
    pairs = [(y, w) for y, w in zip(outputs, weights) if y.requires_grad]
    if not wanted or not pairs:
        return [None] * len(sources)
    found = iter(
        torch.autograd.grad(
            [y for y, _ in pairs], wanted, [_upstream(y, w) for y, w in pairs],
            retain_graph=keep or create, create_graph=create, allow_unused=True,
        )
    )  # fmt: skip
    return [next(found) if isinstance(s, torch.Tensor) and s.requires_grad else None for s in sources]


def _upstream(y: torch.Tensor, weight: Any) -> torch.Tensor | None:
    """The gradient that an output begins with. A loss is left to torch, which would import sympy to compare shapes."""
    if weight is not None:
        return weight.to(y.dtype)
    return None if y.numel() == 1 and y.is_floating_point() else torch.ones_like(y)


def value_and_grad(fn: Callable[..., Any], argnums: Any = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns `(fn(*args), gradients)`; with `has_aux`, fn returns (loss, aux) and so does the result.

    The loss must be a scalar. Gradients are zeros where the loss does not depend on an argument.
    """
    positions = (argnums,) if isinstance(argnums, int) else tuple(argnums)

    def wrapped(*given: Any, **kwargs: Any) -> Any:
        args, create = list(given), is_recording()
        with torch.enable_grad():
            for i in positions:
                args[i] = tree.map_structure(lambda x: as_leaf(tensor(x)), args[i])
            local.recording += 1
            try:
                result = fn(*args, **kwargs)
            finally:
                local.recording -= 1
            loss = tensor(result[0] if has_aux else result)
            if tuple(loss.shape) != ():
                raise ValueError(
                    f"value_and_grad: the function must return a scalar loss; got shape {tuple(loss.shape)}."
                )
            sources = [x for i in positions for x in tree.flatten(args[i])]
            found = gradients_of([loss], [None], sources, False, create)
        packed = iter(torch.zeros_like(s) if g is None else g for g, s in zip(found, sources))
        structured = [tree.map_structure(lambda _: next(packed), args[i]) for i in positions]
        if not create:
            result = tree.map_structure(lambda x: x.detach() if isinstance(x, torch.Tensor) else x, result)
        return result, structured[0] if isinstance(argnums, int) else tuple(structured)

    return wrapped


def stop_gradient(x: Any) -> Any:
    """`x`, as a constant for differentiation."""
    return tree.map_structure(lambda v: tensor(v).detach(), x)


def custom_gradient(fun: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates `fun(*args) -> (value, grad)` where `grad(*upstream)` gives the gradient for each argument."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        inputs = [tensor(a) for a in args]
        if not torch.is_grad_enabled() or not any(x.requires_grad for x in inputs):
            return fun(*args, **kwargs)[0]
        kept: dict[str, Any] = {}

        class Function(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, *tensors: Any) -> Any:
                kept["value"], kept["grad"] = fun(*tensors, **kwargs)
                return tuple(tensor(v).clone() for v in tree.flatten(kept["value"]))

            @staticmethod
            def backward(ctx: Any, *upstream: Any) -> Any:
                try:
                    given = kept["grad"](*upstream)
                except TypeError as error:
                    if "upstream" not in str(error):
                        raise
                    given = kept["grad"](upstream=upstream[0])
                given = tuple(given) if isinstance(given, (tuple, list)) else (given,)
                if len(given) != len(inputs):
                    raise ValueError(
                        f"custom_gradient: the gradient function gave {len(given)} gradients for {len(inputs)} arguments."
                    )
                return tuple(None if g is None else tensor(g) for g in given)

        results = Function.apply(*inputs)
        return tree.pack_sequence_as(kept["value"], list(results))

    return wrapped


def remat(fn: Callable[..., Any]) -> Callable[..., Any]:
    """`fn` itself: values are kept for the gradient. (Computing them again would read state that has moved on.)"""
    return fn


# --- control flow -----------------------------------------------------------------------------------------------------


def scan(
    f: Callable[..., Any], init: Any, xs: Any = None, length: int | None = None, reverse: bool = False, unroll: Any = 1
) -> Any:
    """Runs `carry, y = f(carry, x)` over the leading axis of `xs`; returns the last carry and the stacked ys.

    Raises ValueError if `xs` and `length` leave the number of steps open or disagree.
    """
    leaves = [tensor(x) for x in tree.flatten(xs)] if xs is not None else []
    sizes = {int(x.shape[0]) for x in leaves} | ({int(length)} if length is not None else set())
    if len(sizes) != 1:
        raise ValueError(f"scan: needs one number of steps from xs and length; got {sorted(sizes) or 'none'}.")
    steps = sizes.pop()
    carry = tree.map_structure(tensor, init)
    kinds = [(tuple(c.shape), c.dtype) for c in tree.flatten(carry)]
    columns = [x.unbind() for x in leaves]
    rows = []
    for i in range(steps - 1, -1, -1) if reverse else range(steps):
        row = tree.pack_sequence_as(xs, [c[i] for c in columns]) if leaves else None
        carry, y = f(carry, row)
        flat = [tensor(c) for c in tree.flatten(carry)]
        for c, (shape, _) in zip(flat, kinds, strict=True):
            if tuple(c.shape) != shape:
                raise ValueError(f"scan: the carry changes shape from {shape} to {tuple(c.shape)}.")
        carry = tree.pack_sequence_as(init, [c.to(kind) for c, (_, kind) in zip(flat, kinds)])
        rows.append(y)
    if reverse:
        rows.reverse()
    if not rows:
        return carry, None
    ys = tree.map_structure(lambda *v: None if v[0] is None else torch.stack([tensor(i) for i in v]), *rows)
    return carry, ys


def while_loop(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, maximum_iterations: int | None = None
) -> Any:
    """Repeats `loop_vars = body(*loop_vars)` while `cond(*loop_vars)`. A compiled function that calls it runs eagerly."""
    is_tuple = isinstance(loop_vars, (tuple, list))
    loop_vars = tuple(loop_vars) if is_tuple else (loop_vars,)
    count = 0
    while maximum_iterations is None or count < maximum_iterations:
        if local.in_spec:
            if count:
                break
        elif not bool(cond(*loop_vars)):
            break
        result = body(*loop_vars)
        loop_vars = tuple(result) if isinstance(result, (tuple, list)) else (result,)
        count += 1
    return loop_vars if is_tuple else loop_vars[0]


def cond(pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any]) -> Any:
    """`true_fn()` or `false_fn()`, as the scalar `pred` says; while traced both are computed, and one is chosen."""
    pred = tensor(pred)
    if not is_traced(pred):
        return true_fn() if bool(pred) else false_fn()
    first = true_fn()
    if local.in_spec:
        return first
    second = false_fn()

    def choose(a: Any, b: Any) -> Any:
        if a is None and b is None:
            return None
        a, b = tensor(a), tensor(b)
        if a.shape != b.shape or a.dtype != b.dtype:
            raise TypeError(
                "cond: the branches must return tensors of equal shapes and dtypes; got "
                f"{tuple(a.shape)} {numpy_dtype(a.dtype)} and {tuple(b.shape)} {numpy_dtype(b.dtype)}."
            )
        return torch.where(pred, a, b)

    return tree.map_structure(choose, first, second)


def vectorized_map(function: Callable[..., Any], elements: Any) -> Any:
    """`function` on each entry of the leading axis, results stacked."""
    rows = [tensor(x).unbind() for x in tree.flatten(elements)]
    results = [function(tree.pack_sequence_as(elements, list(row))) for row in zip(*rows)]
    return tree.map_structure(lambda *v: torch.stack([tensor(i) for i in v]), *results)
