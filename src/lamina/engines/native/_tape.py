"""GradientTape: records what happens inside a `with` block and differentiates it afterwards.

It works on arrays, where each value is computed as it is recorded, and inside a function traced for compilation, where it
reads the program traced so far.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from lamina import tree

from .._tape import Tape
from ._autodiff import backward, ones_for
from ._dtypes import is_float
from ._operands import to_array
from ._trace import Trace, current_trace, tracing
from ._tracer import Tracer
from .primitives._cast import identity


class _Local(threading.local):
    def __init__(self) -> None:
        self.tapes: list[GradientTape] = []  # the tapes at work in this thread, innermost last


_local = _Local()


def on_variable_read(variable: Any, value: Any) -> Any:
    """Called when a variable is read: while a tape records, the value is replaced by one that it follows."""
    active = _local.tapes
    if not active or current_trace() is None or not active[-1].watch_accessed_variables:
        return value
    dtype = value.dtype if isinstance(value.dtype, np.dtype) else np.dtype(str(value.dtype))
    if not is_float(dtype) or dtype.kind == "c":
        return value
    trace = active[-1]._trace
    assert trace is not None
    known = active[-1]._variables.get(id(variable))
    if known is not None and (known[1] is value or not isinstance(value, Tracer)):
        return known[2]
    if known is not None:
        return value  # assigned since it was first read: gradients are for what was read first
    # A copy: the variable may be assigned before the gradient is asked for.
    source = value if isinstance(value, Tracer) else _watch(trace, np.array(value))
    for tape in active:  # tapes around this one follow the variable too
        if tape._trace is trace and tape.watch_accessed_variables:
            tape._variables.setdefault(id(variable), (variable, value, source))
    return source


def _watch(trace: Trace, array: Any) -> Tracer:
    """A tracer for a concrete array, the same one for the same array."""
    if id(array) not in trace.watched:
        # A name of its own for what would be a constant: gradients are asked with respect to it.
        trace.watched[id(array)] = (array, trace.emit(identity, (np.asarray(array),), {}))
    return trace.watched[id(array)][1]


class GradientTape(Tape):
    """The native engine's tape."""

    xp = np

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True):
        super().__init__(persistent, watch_accessed_variables)
        self._trace: Trace | None = None
        self._owned = False
        self._sources: dict[int, tuple[Any, Tracer]] = {}

    def __enter__(self) -> "GradientTape":
        outer = current_trace()
        self._owned = outer is None
        if self._trace is None:
            self._trace = Trace(eager=True) if outer is None else outer
        if _local.tapes and _local.tapes[-1]._trace is self._trace:
            self._variables.update(_local.tapes[-1]._variables)
        self._context = tracing(self._trace)
        self._context.__enter__()
        _local.tapes.append(self)
        return self

    def __exit__(self, *exc: Any) -> None:
        _local.tapes.remove(self)
        self._context.__exit__(*exc)

    def watch(self, tensor: Any) -> Any:
        """Follows `tensor` (nested structures too), and returns what to compute with.

        Tensors of lamina and `lamina.ops` on any array are followed without using the returned value; NumPy's own
        operators on a plain NumPy array are not, since nothing can see them.
        """
        trace = self._trace
        if trace is None:
            raise RuntimeError("GradientTape.watch: use it inside `with GradientTape() as tape:`.")

        def follow(x: Any) -> Any:
            if hasattr(x, "__tensor__"):
                value = on_variable_read(x, x.__tensor__())
                self._sources[id(x)] = (x, value if isinstance(value, Tracer) else _watch(trace, value))
                return x
            source = x if isinstance(x, Tracer) else _watch(trace, x if isinstance(x, np.ndarray) else to_array(x))
            self._sources[id(x)] = (x, source)
            return source

        return tree.map_structure(follow, tensor)

    def reset(self) -> None:
        """Forgets everything recorded."""
        self._variables.clear()
        self._sources.clear()
        if self._owned and self._trace is not None:
            self._trace.nodes.clear()
            self._trace.watched.clear()

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """Inside it nothing is recorded."""
        with tracing(None):
            yield

    def _gradients(self, targets: list[Any], weights: list[Any], sources: list[Any]) -> list[Any] | None:
        recorded = [(found, w) for t, w in zip(targets, weights) if (found := self._find(t)) is not None]
        if not recorded:
            return None
        with tracing(self._outer()):
            return self._backward(recorded, [self._find(s) for s in sources])

    def _outer(self) -> Trace | None:
        """The trace that records the backward pass: the compiled function's or an enclosing tape's."""
        if not self._owned or any(tape._trace is self._trace for tape in _local.tapes):
            return self._trace
        return current_trace()

    def _backward(self, targets: list[tuple[Tracer, Any]], sources: list[Tracer | None]) -> list[Any]:
        trace = self._trace
        assert trace is not None
        known = [s for s in sources if s is not None]
        gradients = backward(
            trace,
            [t.ref for t, _ in targets],
            [ones_for(t) if w is None else to_array(w) for t, w in targets],
            [s.ref for s in known],
        )
        results = iter(gradients)
        return [None if s is None else (next(results)) for s in sources]

    def _find(self, x: Any) -> Tracer | None:
        """The tracer that stands for a source or target on this tape."""
        if isinstance(x, Tracer):
            return x if self._trace in (x.trace, None) else Tracer(self._trace.var(x), self._trace)
        if id(x) in self._sources:
            return self._sources[id(x)][1]
        if id(x) in self._variables:
            return self._variables[id(x)][2]
        if self._trace is not None and id(x) in self._trace.watched:
            return self._trace.watched[id(x)][1]
        return None
