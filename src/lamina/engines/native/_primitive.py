"""A primitive: one operation of the engine, with its forward, shape rule and gradient in one place."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ._graph import Spec, Var

PRIMITIVES: dict[str, "Primitive"] = {}


class Primitive:
    """An operation that the tracer records, autodiff differentiates and the planner runs.

    Args:
        name: unique name, shown by the graph printer.
        elementwise: whether each element of the result comes from the elements at that place alone (how other primitives
            may be cut along the batch stands in `passes/_cuts.py`).
        inplace: inputs whose buffer the output may take over when the input is not needed any more.
        view: whether the output is a view of the first input (it costs nothing in a plan).
        pure: whether equal inputs give equal outputs, so that equal calls may be merged.

    The rules are attached by decorators:
        forward(*arrays, out=None, **params): arrays in, array(s) out; writes into `out` where given.
        shape(*vars, **params): Spec, or a tuple of them, from things with `.shape` and `.dtype`.
        vjp(argument)(g, y, *inputs, **params): the gradient of one input from the gradient `g` of the output `y`
            (tuples if there are several outputs), written in terms of other primitives so that it can be traced.
        workspace(*vars, **params): Specs of the arrays it needs on its way; a plan lays them out with the others.
        bind(inputs, outputs, work, **params): a function without arguments that computes the outputs from the inputs,
            all of them arrays that stay where they are. Views are made here, once, and not at each run.
    """

    def __init__(self, name: str, elementwise: bool = False, inplace: tuple[int, ...] = (), view: bool = False):
        if name in PRIMITIVES:
            raise RuntimeError(f"Primitive {name!r} is defined twice.")
        self.name = name
        self.elementwise = elementwise
        self.inplace = inplace
        self.is_view = view
        self.vjps: dict[int, Callable] = {}
        self.vjp_all: Callable | None = None
        self.vjp_needed: Callable | None = None  # vjp_all that is told by `needed` which inputs' gradients are wanted
        self.differentiable = True
        self.run: Callable = _missing
        self._shape: Callable = _missing
        self.apply: Callable = self  # the call with operands converted and promoted first
        self.emit: Callable | None = None  # source line for a plan; None means a call of `run`
        self.binder: Callable | None = None
        self.takes_views = False  # whether the bound form takes inputs in any order of memory
        self.worth_binding: Callable[[Any], bool] = lambda node: True  # where there is a shorter way too
        self._workspace: Callable = lambda *_, **__: ()
        self.multiplications: Callable[..., int] = lambda *_, **__: (
            0
        )  # of its matrix products, from inputs and parameters
        self.calls: Callable[..., int] = lambda *_: 1  # about how many calls of NumPy one run takes, from the inputs
        PRIMITIVES[name] = self

    def forward(self, fn: Callable) -> Callable:
        self.run = fn
        return fn

    def shape(self, fn: Callable) -> Callable:
        self._shape = fn
        return fn

    def workspace(self, fn: Callable) -> Callable:
        self._workspace = fn
        return fn

    def bind(self, fn: Callable) -> Callable:
        self.binder = fn
        return fn

    def fill(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray], **params: Any) -> None:
        """Runs the bound form once, with a workspace of its own."""
        work = [np.empty(s.shape, s.dtype) for s in self.work_specs(inputs, params)]
        self.bound(inputs, outputs, work, params)()

    def bound(
        self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray], work: Sequence[np.ndarray], params: dict
    ) -> Callable[[], None]:
        """The call on these arrays, as a function without arguments. Inputs that are views in another order are copied
        first, at each run."""
        assert self.binder is not None
        straight = [x if self.takes_views or x.flags.c_contiguous else np.empty(x.shape, x.dtype) for x in inputs]
        copies = [(to, x) for to, x in zip(straight, inputs) if to is not x]
        run = self.binder(straight, outputs, work, **params)
        if not copies:
            return run

        def copy_and_run() -> None:
            for to, x in copies:
                np.copyto(to, x)
            run()

        return copy_and_run

    def work_specs(self, inputs: Sequence[Any], params: dict[str, Any]) -> tuple[Spec, ...]:
        return tuple(self._workspace(*inputs, **params))

    def vjp(self, argument: int) -> Callable[[Callable], Callable]:
        def attach(fn: Callable) -> Callable:
            self.vjps[argument] = fn
            return fn

        return attach

    def no_gradient(self) -> "Primitive":
        """Declares that no gradient flows through (its outputs are constants for autodiff)."""
        self.differentiable = False
        return self

    def output_specs(self, inputs: list[Var], params: dict[str, Any]) -> list[Spec]:
        specs = self._shape(*inputs, **params)
        return [specs] if isinstance(specs, Spec) else list(specs)

    def __call__(self, *args: Any, **params: Any) -> Any:
        return bind(self, args, params)

    def __repr__(self) -> str:
        return f"Primitive({self.name})"


def _missing(*_args: Any, **_params: Any) -> Any:
    raise NotImplementedError("This primitive has no such rule.")


# Set by _tracer, which knows traces; primitives are called through it.
bind: Callable[[Primitive, tuple, dict], Any] = _missing
