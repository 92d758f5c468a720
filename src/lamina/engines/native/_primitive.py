"""A primitive: one operation of the engine, everything that is known of it in one frozen record.

    cbrt = Primitive(
        "cbrt",
        forward=lambda x, out=None: np.cbrt(x, out=out),
        shape=lambda x: Spec(x.shape, x.dtype),
        vjp=(lambda g, y, x: g / (3 * np.square(y)),),
        cut=aligned,
        inplace=(0,),
    )

A record stands in the file of its family, right after the functions it names. Tracing, differentiating, simplifying, cutting
and planning read records and know no primitive by its name; so one that is made elsewhere is treated as those made here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np

from ._cut import CutRule
from ._emit import Emit
from ._graph import Node, Spec, Var
from ._tensor import plain, wrap
from ._trace import current_trace, settle
from ._tracer import Tracer, leaked

NO_GRADIENT: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Cost:
    """What a call costs, for those who share out the work and those who report it.

    multiplications(*inputs, **params): of its products of matrices.
    calls(*inputs): about how many calls of NumPy one run takes.
    flops(*inputs, **params): operations in all, where they are neither two a multiplication nor one an element.
    shared_out(*inputs): whether it goes over all threads by itself.
    """

    multiplications: Callable[..., int] = lambda *_, **__: 0
    calls: Callable[..., int] = lambda *_: 1
    flops: Callable[..., int] | None = None
    shared_out: Callable[..., bool] = lambda *_: False


MOVES = Cost(flops=lambda *_, **__: 0)  # elements are moved, nothing is computed


@dataclass(frozen=True)
class Bound:
    """The form for arrays that stay where they are: views are made once, when it is bound, and not at each run.

    bind(inputs, outputs, work, **params): a function without arguments that computes the outputs from the inputs.
    workspace(*inputs, **params): Specs of the arrays it needs on its way; a plan lays them out with the others.
    takes_views: whether inputs may lie in any order of memory; others are copied first, at each run.
    worth(node): whether it is worth it there; else the plan takes the source line or the forward.
    """

    bind: Callable[..., Callable[[], Any]]
    workspace: Callable[..., Sequence[Spec]] = lambda *_, **__: ()
    takes_views: bool = False
    worth: Callable[[Node], bool] = lambda _: True


@dataclass(frozen=True, eq=False, repr=False)
class Primitive:
    """An operation that is traced, differentiated, simplified, cut along the batch and planned.

    Its rules:
        forward(*arrays, out=None, **params): arrays in, array(s) out; writes into `out` where given.
        shape(*inputs, **params): Spec, or a tuple of them, from things with `.shape` and `.dtype`.
        vjp: a tuple with a rule for each input, `rule(g, y, *inputs, **params)`: the gradient of that input from the
            gradient `g` of the output `y`, at the broadcast shape (None in the tuple: never asked for). Or one
            function `vjp(g, y, *inputs, needed, **params)` that gives a list, where `needed` tells which are wanted.
            Written in terms of other primitives, so that it can be traced; g and y are tuples if there are several
            outputs. NO_GRADIENT: the outputs are constants for autodiff.
        cut(node, known, batch): how a tile of the batch is computed, see `_cut`; WHOLE: not at all.
        rewrites: rules of simplification, `rule(node, emit)`, see `passes/_simplify`.
    What it is:
        elementwise: each element of the result comes from the elements at that place alone.
        inplace: inputs whose buffer the output may take over when the input is not needed any more.
        cheap: rather computed again than stored and read.
        transparent: gives its input; it means something to autodiff only.
        spreads: repeats the elements of its input and computes nothing.
        cost: what a call costs.
        convert(*operands): what `apply` makes of operands first (one dtype, promoted).
    How a plan runs it:
        view(x, **params): the output as a view of the first input, which costs nothing; None where it must be a copy.
        joins(node): for each input the byte in the output where it stands in one piece; None where there are gaps.
        source(node, inputs, outputs): the line of a plan, from names of arrays; without it the forward is called.
        bound: the form for arrays that stay where they are.
        emit: the form in machine code, see `_emit`.
        repeats: it runs the program `body` of its params step by step; a plan makes a plan of that, see `_loops`.
    """

    name: str
    _: KW_ONLY
    forward: Callable[..., Any] = None  # type: ignore[assignment]
    shape: Callable[..., Any] = None  # type: ignore[assignment]
    vjp: tuple[Callable[..., Any] | None, ...] | Callable[..., Sequence[Any]] = None  # type: ignore[assignment]
    cut: CutRule = None  # type: ignore[assignment]
    rewrites: tuple[Callable[..., Var | None], ...] = ()
    elementwise: bool = False
    inplace: tuple[int, ...] = ()
    cheap: bool = False
    transparent: bool = False
    spreads: bool = False
    cost: Cost = Cost()
    convert: Callable[..., Sequence[Any]] = lambda *operands: operands
    view: Callable[..., np.ndarray | None] | None = None
    joins: Callable[[Node], Sequence[int] | None] | None = None
    source: Callable[[Node, list[str], list[str]], str] | None = None
    bound: Bound | None = None
    emit: Emit | None = None
    repeats: bool = False

    def __post_init__(self) -> None:
        missing = [rule for rule in ("forward", "shape", "vjp", "cut") if getattr(self, rule) is None]
        if missing:
            raise TypeError(
                f"Primitive {self.name!r} has no {' and no '.join(missing)}. What has no gradient says vjp=NO_GRADIENT, "
                "what needs the whole batch cut=WHOLE."
            )

    def __call__(self, *args: Any, **params: Any) -> Any:
        return bind(self, args, params)

    def apply(self, *args: Any) -> Any:
        """The call on whatever NumPy's function takes."""
        return bind(self, tuple(self.convert(*args)), {})

    @property
    def differentiable(self) -> bool:
        return self.vjp != NO_GRADIENT

    def gradients(self, g: Any, y: Any, inputs: list[Any], needed: Sequence[bool], params: dict[str, Any]) -> list[Any]:
        """The gradient of each input, None where it is not needed."""
        if callable(self.vjp):
            return list(self.vjp(g, y, *inputs, needed=tuple(needed), **params))
        return [self._rule(i)(g, y, *inputs, **params) if wanted else None for i, wanted in enumerate(needed)]

    def _rule(self, i: int) -> Callable[..., Any]:
        assert isinstance(self.vjp, tuple)
        rule = self.vjp[i] if i < len(self.vjp) else None
        if rule is None:
            raise TypeError(f"The gradient of {self.name} with respect to its input {i} is not defined.")
        return rule

    def output_specs(self, inputs: Sequence[Any], params: dict[str, Any]) -> list[Spec]:
        specs = self.shape(*inputs, **params)
        return [specs] if isinstance(specs, Spec) else list(specs)

    def flops(self, node: Node) -> int:
        """Multiplications and additions of products; one an element for everything else that computes."""
        if self.cost.flops is not None:
            return self.cost.flops(*node.inputs, **node.params)
        if multiplications := self.cost.multiplications(*node.inputs, **node.params):
            return 2 * multiplications
        return max((v.nbytes // v.dtype.itemsize for v in (*node.inputs, *node.outputs)), default=0)

    def work_specs(self, inputs: Sequence[Any], params: dict[str, Any]) -> tuple[Spec, ...]:
        return tuple(self.bound.workspace(*inputs, **params)) if self.bound else ()

    def bind_to(
        self,
        inputs: Sequence[np.ndarray],
        outputs: Sequence[np.ndarray],
        work: Sequence[np.ndarray],
        params: dict[Any, Any],
    ) -> Callable[[], Any]:
        """The bound form on these arrays, as a function without arguments.

        `work` may go on after what the form itself needs: with room for inputs that do not lie in one piece.
        """
        assert self.bound is not None
        own = len(self.work_specs(inputs, params))
        ready, room = self.bound.takes_views, iter(work[own:])
        straight = [x if ready or x.flags.c_contiguous else _copy_in(room, x) for x in inputs]
        copies = [(to, x) for to, x in zip(straight, inputs) if to is not x]
        run = self.bound.bind(straight, outputs, work[:own], **params)
        if not copies:
            return run

        def copy_and_run() -> None:
            for to, x in copies:
                np.copyto(to, x)
            run()

        return copy_and_run

    def fill(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray], **params: Any) -> None:
        """Runs the bound form once, with a workspace of its own."""
        work = [np.empty(s.shape, s.dtype) for s in self.work_specs(inputs, params)]
        self.bind_to(inputs, outputs, work, params)()

    def __repr__(self) -> str:
        return f"Primitive({self.name})"


def _copy_in(room: Iterator[np.ndarray], x: np.ndarray) -> np.ndarray:
    """Where a copy of the array lies: in the room, as long as that lasts."""
    found = next(room, None)
    return np.empty(x.shape, x.dtype) if found is None else found


def bind(primitive: Primitive, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """Runs a primitive on arrays, or records it if one of them is traced."""
    trace = current_trace()
    traced = False
    for a in args:
        if type(a) is Tracer:
            args = tuple(settle(x) for x in args)
            traced = any(type(x) is Tracer for x in args)
            break
    if not traced and trace is not None and trace.watched:
        traced = any(id(a) in trace.watched for a in args)
    if traced:
        if trace is None:
            raise leaked(next(x for x in args if type(x) is Tracer))
        return trace.emit(primitive, args, params)
    return wrap(primitive.forward(*(plain(a) for a in args), **params))
