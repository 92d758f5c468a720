"""GradientTape on JAX, which itself differentiates functions only.

While a tape records, a trace of its own stands between the program and JAX: it passes every operation on to whoever was at
work before (JAX's evaluation, the trace of a compiled step, an outer tape) and keeps, for operations on what it follows,
the function that `jax.vjp` gives for their gradient. `gradient` walks these records backwards.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax._src import core  # traces of one's own are not part of JAX's public interface

from lamina import tree

from .._tape import Tape


class _Local(threading.local):
    def __init__(self) -> None:
        self.tapes: list[GradientTape] = []  # the tapes at work in this thread, innermost last


_local = _Local()


class Followed(core.Tracer):
    """A value that a tape follows. It may be used like the value itself, also after the tape has stopped."""

    __slots__ = ("value",)

    def __init__(self, trace: "_Recorder", value: Any):
        super().__init__(trace, jax.typeof(value))
        self.value = value

    def full_lower(self) -> Any:
        return self

    def to_concrete_value(self) -> Any:
        return core.to_concrete_value(self.value)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        return np.asarray(self.value, *args, **kwargs)

    def __tensor__(self) -> Any:
        return self if self._trace.active else settle(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __int__(self) -> int:
        return int(self.value)

    def __float__(self) -> float:
        return float(self.value)

    def __index__(self) -> int:
        return self.value.__index__()

    def numpy(self) -> np.ndarray:
        return np.array(self.value)

    def item(self) -> Any:
        return self.value.item()

    def tolist(self) -> Any:
        return self.value.tolist()

    def __format__(self, spec: str) -> str:
        return format(self.value, spec)

    def __repr__(self) -> str:
        return repr(self.value)

    def __str__(self) -> str:
        return str(self.value)


def settle(x: Any) -> Any:
    """`x`, or the value it stands for if the tape that followed it has stopped."""
    while isinstance(x, Followed) and not x._trace.active:
        x = x.value
    return x


def is_known(x: Any) -> bool:
    """Whether the value behind `x` is at hand."""
    return bool(core.is_concrete(settle(x)))


def untraced() -> Any:
    """Inside it no trace is at work, not even that of a tape: NumPy's arrays become JAX's own, not constants of a trace."""
    return core.eval_context()


def _attach_operators() -> None:
    """Operators work after the tape has stopped too: then on the values."""
    arithmetic = "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift divmod"
    names = [f"__{p}{n}__" for n in arithmetic.split() for p in ("", "r")]
    names += [f"__{n}__" for n in "eq ne lt le gt ge neg pos abs invert getitem round".split()]
    names += ["astype", "reshape", "transpose", "sum", "mean", "max", "min"]

    def forward(name: str) -> Callable[..., Any]:
        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            mine = settle(self)
            args = tuple(settle(a) for a in args)
            if mine is self:
                if hasattr(core.Tracer, name):
                    return getattr(core.Tracer, name)(self, *args, **kwargs)
                return core.Tracer.__getattr__(self, name)(*args, **kwargs)
            return getattr(mine, name)(*args, **kwargs)

        return method

    for name in names:
        setattr(Followed, name, forward(name))
    Followed.__hash__ = object.__hash__  # type: ignore[method-assign]


_attach_operators()


class _Record:
    """One operation: which followed values went in, which came out, and the gradient's way back."""

    __slots__ = ("back", "inputs", "outputs")

    def __init__(self, inputs: list[Followed], outputs: list[Followed], back: Callable[..., Any]):
        self.inputs = inputs
        self.outputs = outputs
        self.back = back


class _Recorder(core.Trace):
    """The trace of a tape."""

    __slots__ = ("active", "parent", "recording", "records", "watched")

    def __init__(self, parent: Any):
        super().__init__()
        self.parent = parent
        self.active = True
        self.recording = True
        self.records: list[_Record] = []
        self.watched: dict[int, tuple[Any, Followed]] = {}  # arrays that `watch` was given, and what follows them

    def _find(self, x: Any) -> Any:
        if isinstance(x, Followed) and x._trace is self:
            return x
        known = self.watched.get(id(x))
        return settle(x) if known is None else known[1]

    def _apply(self, run: Callable[..., Any], args: Any, is_single: bool) -> Any:
        """The results of `run(*values)`; followed where they depend on followed values."""
        found = [self._find(x) for x in args]
        values = [x.value if isinstance(x, Followed) and x._trace is self else x for x in found]
        inputs = [n for n, x in enumerate(found) if isinstance(x, Followed) and x._trace is self and is_float(x)]
        with core.set_current_trace(self.parent):
            if not inputs or not self.recording:
                return run(*values)
            box: list[list[bool]] = []

            def of_floats(*floats: Any) -> Any:
                full = list(values)
                for n, x in zip(inputs, floats):
                    full[n] = x
                results = run(*full)
                results = [results] if is_single else list(results)
                box[:] = [[is_float(r) for r in results]]
                return [r for r in results if is_float(r)], [r for r in results if not is_float(r)]

            floats, back, others = jax.vjp(of_floats, *(values[n] for n in inputs), has_aux=True)
        outputs = [Followed(self, x) for x in floats]
        self.records.append(_Record([found[n] for n in inputs], outputs, back))
        floats, others = iter(outputs), iter(others)
        results = [next(floats) if yes else next(others) for yes in box[0]]
        return results[0] if is_single else results

    def stage_value(self, x: Any) -> Any:
        return x

    def process_primitive(self, primitive: Any, tracers: Any, params: Any, /) -> Any:
        return self._apply(lambda *x: primitive.bind(*x, **params), tracers, not primitive.multiple_results)

    def process_call(self, primitive: Any, f: Any, tracers: Any, params: Any, /) -> Any:
        return self._apply(lambda *x: primitive.bind(*x, subfuns=(f,), **params), tracers, False)

    def process_custom_jvp_call(self, primitive: Any, fun: Any, jvp: Any, tracers: Any, /, **params: Any) -> Any:
        return self._apply(lambda *x: primitive.bind(*x, subfuns=(fun, jvp), **params), tracers, False)

    def process_custom_vjp_call(
        self, primitive: Any, fun: Any, fwd: Any, bwd: Any, tracers: Any, /, **params: Any
    ) -> Any:
        return self._apply(lambda *x: primitive.bind(*x, subfuns=(fun, fwd, bwd), **params), tracers, False)


def _of_outer(trace: Any, x: Any) -> Any:
    """What follows `x` on the tapes around, or `x`."""
    while isinstance(trace, _Recorder):
        if id(x) in trace.watched:
            return trace.watched[id(x)][1]
        trace = trace.parent
    return settle(x)


def is_float(x: Any) -> bool:
    return jnp.issubdtype(x.dtype, jnp.inexact)


def on_variable_read(variable: Any, value: Any) -> Any:
    """Called when a variable is read: while a tape records, the value is replaced by one that it follows."""
    for tape in _local.tapes:
        value = tape._read(variable, value)
    return value


class GradientTape(Tape):
    """The jax engine's tape."""

    xp = jnp

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True):
        super().__init__(persistent, watch_accessed_variables)
        self._trace: _Recorder | None = None

    def __enter__(self) -> "GradientTape":
        if self._trace is None:
            self._trace = _Recorder(core.trace_ctx.trace)
        self._trace.active = True
        self._context = core.set_current_trace(self._trace)
        self._context.__enter__()
        _local.tapes.append(self)
        return self

    def __exit__(self, *exc: Any) -> None:
        assert self._trace is not None
        _local.tapes.remove(self)
        self._context.__exit__(*exc)
        self._trace.active = False

    def _read(self, variable: Any, value: Any) -> Any:
        """The value of a variable, followed from the first read on."""
        trace = self._trace
        if trace is None or not is_float(value) or not trace.recording:
            return value
        known = self._variables.get(id(variable))
        if known is None and not self.watch_accessed_variables:
            return value
        if known is not None and known[1] is value:
            return known[2]
        if isinstance(value, Followed) and value._trace is trace:
            value = value.value  # what has been assigned does not lead back to how it was computed
        if known is not None:
            return value  # assigned since it was first read: gradients are for what was read first
        source = Followed(trace, value)
        self._variables[id(variable)] = (variable, value, source)
        return source

    def watch(self, tensor: Any) -> Any:
        """Follows `tensor` (nested structures too), and returns what to compute with; tensors of JAX are followed
        themselves too, NumPy arrays only through what is returned."""
        trace = self._trace
        if trace is None:
            raise RuntimeError("GradientTape.watch: use it inside `with GradientTape() as tape:`.")

        def follow(x: Any) -> Any:
            if hasattr(x, "__tensor__") and not isinstance(x, Followed):
                value = x.__tensor__()
                if id(x) not in self._variables:
                    source = value if isinstance(value, Followed) and value._trace is trace else Followed(trace, value)
                    self._variables[id(x)] = (x, value, source)
                return x
            if isinstance(x, Followed) and x._trace is trace:
                return x
            if id(x) not in trace.watched:
                value = _of_outer(trace.parent, x) if isinstance(x, jax.Array) else jnp.asarray(np.asarray(x))
                trace.watched[id(x)] = (x, Followed(trace, value))
            return trace.watched[id(x)][1]

        return tree.map_structure(follow, tensor)

    def reset(self) -> None:
        """Forgets everything recorded."""
        self._variables.clear()
        if self._trace is not None:
            self._trace.records.clear()
            self._trace.watched.clear()

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """Inside it nothing is recorded."""
        assert self._trace is not None
        self._trace.recording = False
        try:
            yield
        finally:
            self._trace.recording = True

    def _gradients(self, targets: list[Any], weights: list[Any], sources: list[Any]) -> list[Any] | None:
        found = [self._find(t) for t in targets]
        if all(t is None for t in found):
            return None
        with self._outside():
            pending: dict[int, Any] = {}
            for t, w in zip(found, weights):
                if t is not None:
                    _add(pending, t, jnp.ones(t.shape, t.dtype) if w is None else jnp.asarray(w).astype(t.dtype))
            self._walk(pending)
            return [None if s is None else pending.get(id(s)) for s in map(self._find, sources)]

    def _walk(self, pending: dict[int, Any]) -> None:
        assert self._trace is not None
        is_inside = isinstance(self._trace.parent, _Recorder)
        for record in reversed(self._trace.records):
            if not any(id(y) in pending for y in record.outputs):
                continue
            given = [pending.get(id(y)) for y in record.outputs]
            given = [jnp.zeros(y.shape, y.dtype) if g is None else g for g, y in zip(given, record.outputs)]
            # What it keeps may be followed by the tape around, which may have stopped since.
            back = jax.tree.map(settle, record.back) if is_inside else record.back
            for x, g in zip(record.inputs, back(given)):
                _add(pending, x, g)

    @contextmanager
    def _outside(self) -> Iterator[None]:
        """The backward pass is recorded by the tapes around this one, not by this one."""
        trace = self._trace
        assert trace is not None
        if not trace.active or not self._is_innermost():
            yield
            return
        with core.set_current_trace(trace.parent):
            yield

    def _is_innermost(self) -> bool:
        return bool(_local.tapes) and _local.tapes[-1] is self

    def _find(self, x: Any) -> Followed | None:
        """What stands for a source or target on this tape."""
        trace = self._trace
        if id(x) in self._variables:
            return self._variables[id(x)][2]
        while True:
            if trace is not None and id(x) in trace.watched:
                return trace.watched[id(x)][1]
            if not isinstance(x, Followed) or x._trace is trace:
                return x if isinstance(x, Followed) else None
            x = x.value  # of a tape within this one


def _add(pending: dict[int, Any], x: Followed, g: Any) -> None:
    pending[id(x)] = pending[id(x)] + g if id(x) in pending else g
