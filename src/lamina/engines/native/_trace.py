"""The program being recorded, and which of them are at work.

A recording trace (a gradient tape at work) also computes every value as it goes.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ._graph import Node, Spec, Var
from ._tracer import Tracer


class Trace:
    """A program being recorded. With `eager`, each value is computed at once (for gradient tapes)."""

    def __init__(self, eager: bool = False):
        self.eager = eager
        self.nodes: list[Node] = []
        self.captured: dict[int, tuple[Tracer, Var]] = {}  # values of an outer trace used in here
        self.watched: dict[int, tuple[Any, Tracer]] = {}  # arrays that a tape watches, by identity
        self.constants: dict[Any, Var] = {}

    def new_input(self, spec: Any) -> Tracer:
        return Tracer(Var(tuple(spec.shape), np.dtype(spec.dtype)), self)

    def emit(self, primitive: Any, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        node = Node(primitive, [self.var(a) for a in args], params)
        if self.eager:
            values = primitive.forward(*(v.value for v in node.inputs), **params)
            many = isinstance(values, tuple)
            arrays = [np.asarray(v) for v in (values if many else (values,))]
            node.outputs = [Var(v.shape, v.dtype, node, v) for v in arrays]
        else:
            specs = primitive.shape(*node.inputs, **params)
            many = not isinstance(specs, Spec)
            node.outputs = [Var(tuple(s.shape), np.dtype(s.dtype), node) for s in (specs if many else (specs,))]
        self.nodes.append(node)
        tracers = tuple(Tracer(v, self) for v in node.outputs)
        return tracers if many else tracers[0]

    def var(self, x: Any) -> Var:
        """The variable that stands for `x` in this trace; an array becomes a constant."""
        if isinstance(x, Tracer):
            if x.trace is self:
                return x.ref
            if id(x.ref) not in self.captured:
                self.captured[id(x.ref)] = (x, Var(x.ref.shape, x.ref.dtype, None, x.ref.value if self.eager else None))
            return self.captured[id(x.ref)][1]
        if id(x) in self.watched:
            return self.watched[id(x)][1].ref
        value = np.asarray(x)
        if value.ndim == 0 and not self.eager:
            key = (value.dtype, value.tobytes())
            if key not in self.constants:
                self.constants[key] = Var((), value.dtype, None, value)
            return self.constants[key]
        return Var(value.shape, value.dtype, None, value)


class _Local(threading.local):
    def __init__(self) -> None:
        # The traces at work in this thread, innermost last. None on top switches recording off.
        self.stack: list[Trace | None] = []


_local = _Local()


def current_trace() -> Trace | None:
    stack = _local.stack
    return stack[-1] if stack else None


@contextmanager
def tracing(trace: Trace | None) -> Iterator[Trace | None]:
    """Makes `trace` the current one; None switches recording off."""
    stack = _local.stack
    stack.append(trace)
    try:
        yield trace
    finally:
        stack.pop()


def is_live(tracer: Tracer) -> bool:
    """Whether operations on the tracer are still recorded somewhere."""
    return any(trace is tracer.trace for trace in _local.stack)


def settle(x: Any) -> Any:
    """`x`, or its plain value if it is the tracer of a tape that has ended."""
    if isinstance(x, Tracer) and x.trace.eager and (not is_live(x) or current_trace() is None):
        return x.ref.value
    return x


def is_traced(x: Any) -> bool:
    if type(x) is Tracer:
        return True
    trace = current_trace()
    return trace is not None and id(x) in trace.watched
