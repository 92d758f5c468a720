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
from ._tensor import plain
from ._trace import Trace, current_trace, tracing
from ._tracer import Tracer
from .primitives._cast import identity, stop_gradient


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
    if known is not None:
        if _is_still(known, value):
            return known[2]
        # Assigned since: gradients are for what was read first.
        return trace.emit(stop_gradient, (value if isinstance(value, Tracer) else np.array(value),), {})
    # Tapes around this one follow the variable too.
    tapes = [t for t in active if t._trace is trace and t.watch_accessed_variables]
    entries = [e for t in tapes if (e := t._variables.get(id(variable))) is not None and _is_still(e, value)]
    entry = entries[-1] if entries else (variable, *_first_read(trace, value))
    for tape in tapes:
        tape._variables.setdefault(id(variable), entry)
    return entry[2]


def _is_still(entry: tuple[Any, ...], value: Any) -> bool:
    """Whether a variable has the value that was read before; an array may have been written since."""
    if isinstance(value, Tracer) or isinstance(entry[1], Tracer):
        return entry[1] is value
    return np.array_equal(entry[1], plain(value), equal_nan=True)


def _first_read(trace: Trace, value: Any) -> tuple[Any, Tracer]:
    """What was read, and what the tape knows the variable by. An array is copied, since the variable may write to it before the
    gradient is asked for; from what has been assigned nothing leads back to how that was computed."""
    if not isinstance(value, Tracer):
        copy = np.array(value)
        return copy, _watch(trace, copy)
    return value, value if value.ref.node is None else trace.emit(stop_gradient, (value,), {})


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
        self._start = 0  # of its record in the trace
        self._sources: dict[int, tuple[Any, Tracer]] = {}

    def __enter__(self) -> "GradientTape":
        outer = current_trace()
        self._owned = outer is None
        if self._trace is None:
            self._trace = Trace(eager=True) if outer is None else outer
            self._start = len(self._trace.nodes)
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
                value = x.__tensor__()
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
        if self._trace is None:
            return
        if self._owned:
            self._trace.nodes.clear()
            self._trace.watched.clear()
        self._start = len(self._trace.nodes)

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
            self._start,
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
