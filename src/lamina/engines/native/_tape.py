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

from ._autodiff import backward, ones_for
from ._tracer import Trace, Tracer, current_trace, to_array, tracing


class _Local(threading.local):
    def __init__(self) -> None:
        self.tapes: list[GradientTape] = []  # the tapes at work in this thread, innermost last


_local = _Local()


def on_variable_read(variable: Any, value: Any) -> Any:
    """Called when a variable is read: while a tape records, the value is replaced by one that it follows."""
    active = _local.tapes
    if not active or current_trace() is None or not active[-1].watch_accessed_variables:
        return value
    if not np.issubdtype(
        np.dtype(str(value.dtype)) if not isinstance(value.dtype, np.dtype) else value.dtype, np.floating
    ):
        return value
    trace = active[-1]._trace
    assert trace is not None
    known = active[-1]._variables.get(id(variable))
    if known is not None and (known[1] is value or not isinstance(value, Tracer)):
        return known[2]
    if known is not None:
        return value  # assigned since it was first read: gradients are for what was read first
    # A copy: the variable may be assigned before the gradient is asked for.
    source = value if isinstance(value, Tracer) else trace.watch(np.array(value))
    for tape in active:  # tapes around this one follow the variable too
        if tape._trace is trace and tape.watch_accessed_variables:
            tape._variables.setdefault(id(variable), (variable, value, source))
    return source


class GradientTape:
    """Records operations for automatic differentiation.

        with GradientTape() as tape:
            loss = ops.mean(ops.square(model(x) - y))
        gradients = tape.gradient(loss, model.trainable_variables)

    Args:
        persistent: whether `gradient` may be called more than once.
        watch_accessed_variables: whether variables are followed without `watch`.
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True):
        self.persistent = persistent
        self.watch_accessed_variables = watch_accessed_variables
        self._trace: Trace | None = None
        self._owned = False
        self._used = False
        self._variables: dict[int, tuple[Any, Any, Tracer]] = {}
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
                self._sources[id(x)] = (x, value if isinstance(value, Tracer) else trace.watch(value))
                return x
            source = x if isinstance(x, Tracer) else trace.watch(x if isinstance(x, np.ndarray) else to_array(x))
            self._sources[id(x)] = (x, source)
            return source

        return tree.map_structure(follow, tensor)

    def watched_variables(self) -> tuple[Any, ...]:
        """The variables read so far."""
        return tuple(variable for variable, _, _ in self._variables.values())

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

    def gradient(
        self, target: Any, sources: Any, output_gradients: Any = None, unconnected_gradients: str = "none"
    ) -> Any:
        """The gradients of the sum of `target` with respect to `sources` (variables or watched tensors).

        Args:
            target: tensor or structure of tensors computed inside the tape.
            sources: structure of variables and watched tensors; the result has the same structure.
            output_gradients: weights for the elements of `target`, of its structure and shapes; ones by default.
            unconnected_gradients: `"none"` gives None where the target does not depend on a source, `"zero"` zeros.
        Raises RuntimeError on a second call unless the tape is persistent, ValueError for a target it did not record.
        """
        if unconnected_gradients not in ("none", "zero"):
            raise ValueError(
                f"gradient: unconnected_gradients must be 'none' or 'zero'; got {unconnected_gradients!r}."
            )
        if self._used and not self.persistent:
            raise RuntimeError("gradient was called twice; make the tape with GradientTape(persistent=True).")
        self._used = True
        targets = tree.flatten(target)
        weights = [None] * len(targets) if output_gradients is None else tree.flatten(output_gradients)
        recorded = [(self._find(t), w) for t, w in zip(targets, weights)]
        flat = tree.flatten(sources)
        with tracing(self._outer()):
            found = self._backward([(t, w) for t, w in recorded if t is not None], [self._find(s) for s in flat])
            if all(t is None for t, _ in recorded):
                raise ValueError(
                    "gradient: the target was not computed from anything that the tape follows. Compute it inside the "
                    "`with` block from variables or from what `tape.watch(x)` returned."
                )
            if unconnected_gradients == "zero":
                found = [np.zeros(s.shape, str(s.dtype)) if g is None else g for g, s in zip(found, flat)]
        return tree.pack_sequence_as(sources, found)

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

    def jacobian(self, target: Any, source: Any) -> Any:
        """The derivative of every element of `target` by every element of `source`: shape target.shape + source.shape.

        The tape must be persistent.
        """
        rows = []
        for i in range(int(np.prod(target.shape, dtype=int))):
            one = np.zeros(target.shape, target.dtype)
            one.reshape(-1)[i] = 1
            rows.append(self.gradient(target, source, output_gradients=one, unconnected_gradients="zero"))
        return np.reshape(np.stack(rows), tuple(target.shape) + tuple(source.shape))

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
