"""`spec`, `value_and_grad` and `compile`, over JAX's transforms."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.sharding import NamedSharding

from lamina import tree

from ._control import as_jax
from ._spec import Spec


def spec(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What `fn` would return, as Specs, without computing it. Specs among the arguments stand for tensors."""
    leaves = tree.flatten((args, kwargs))
    given = [jax.ShapeDtypeStruct(x.shape, np.dtype(x.dtype)) for x in leaves if isinstance(x, Spec)]
    box: list[Any] = []

    def body(tensors: list[Any]) -> list[Any]:
        supply = iter(tensors)
        filled = iter([next(supply) if isinstance(x, Spec) else x for x in leaves])
        a, k = tree.map_structure(lambda _: next(filled), (args, kwargs))
        box[:] = [fn(*a, **k)]
        return [as_jax(x) for x in tree.flatten(box[0]) if x is not None]

    with _explained():
        found = iter(jax.eval_shape(body, given))
    return tree.map_structure(lambda x: None if x is None else _spec_of(next(found)), box[0])


def _spec_of(x: Any) -> Spec:
    return Spec(tuple(x.shape), x.dtype.name)


def value_and_grad(
    fn: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """A function that returns `(fn(*args), gradients)`; with `has_aux`, fn returns (loss, aux) and so does the result.

    The loss must be a scalar. Gradients have the structure of the arguments they belong to. What `fn` returns besides
    tensors passes through.
    """
    positions = (argnums,) if isinstance(argnums, int) else tuple(argnums)

    def wrapped(*given: Any, **kwargs: Any) -> Any:
        sources = [given[i] for i in positions]
        points = [as_jax(x) for x in tree.flatten(sources)]
        box: list[Any] = []

        def loss_of(values: list[Any]) -> Any:
            args = list(given)
            for i, value in zip(positions, tree.pack_sequence_as(sources, values)):
                args[i] = value
            result = fn(*args, **kwargs)
            loss = as_jax(result[0] if has_aux else result)
            if loss.shape != ():
                raise ValueError(f"value_and_grad: the function must return a scalar loss; got shape {loss.shape}.")
            box[:] = [result[1] if has_aux else None]
            return loss, [as_jax(x) for x in tree.flatten(box[0]) if not is_object(x)]

        (loss, aux), gradients = jax.value_and_grad(loss_of, has_aux=True, allow_int=True)(points)
        gradients = [
            g if jnp.issubdtype(x.dtype, jnp.inexact) else jnp.zeros(x.shape, x.dtype)
            for g, x in zip(gradients, points)
        ]
        structured = tree.pack_sequence_as(sources, gradients)
        structured = structured[0] if isinstance(argnums, int) else tuple(structured)
        if not has_aux:
            return loss, structured
        supply = iter(aux)
        return (loss, tree.map_structure(lambda x: x if is_object(x) else next(supply), box[0])), structured

    return wrapped


def is_object(x: Any) -> bool:
    """Whether a leaf is a Python object that is no data."""
    return x is None or not (hasattr(x, "dtype") or isinstance(x, (bool, int, float, complex)))


def remat(fn: Callable[..., Any]) -> Callable[..., Any]:
    """`fn`, whose intermediate values are computed again for the gradient instead of being kept."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        leaves = tree.flatten((args, kwargs))
        box: list[Any] = []

        def body(tensors: list[Any]) -> list[Any]:
            supply = iter(tensors)
            filled = [x if is_object(x) or isinstance(x, bool) else next(supply) for x in leaves]
            a, k = tree.pack_sequence_as((args, kwargs), filled)
            box[:] = [fn(*a, **k)]
            return [as_jax(x) for x in tree.flatten(box[0]) if not is_object(x)]

        given = [as_jax(x) for x in leaves if not (is_object(x) or isinstance(x, bool))]
        found = iter(jax.checkpoint(body)(given))
        return tree.map_structure(lambda x: x if is_object(x) else next(found), box[0])

    return wrapped


@contextmanager
def _explained() -> Iterator[None]:
    """Adds to JAX's errors about unknown values what to do here."""
    try:
        yield
    except jax.errors.JAXTypeError as error:
        error.add_note(
            "The value of a tensor is not known while a function is compiled. Use ops (ops.where, ops.cond) instead of "
            "Python's if, float() or NumPy, or compile the model with run_eagerly=True."
        )
        raise


class CompiledFunction:
    """The result of `compile`: one jitted program a signature."""

    def __init__(self, fn: Callable[..., Any], donate: Sequence[int], resident: Sequence[int]):
        self.fn = fn
        self.donate: Any = frozenset(donate)
        self._entries: dict[Any, _Entry] = {}
        self._rows: tuple[Any, Any, Any] = (None, None, None)  # the last given, on the device, and the first of them

    def __getstate__(self) -> dict[str, Any]:
        """Copies make programs of their own."""
        return {**self.__dict__, "_entries": {}, "_rows": (None, None, None)}

    def __call__(self, *args: Any) -> Any:
        leaves = tree.flatten(args)
        if any(isinstance(x, jax.core.Tracer) for x in leaves):
            return self.fn(*args)  # already inside a traced program: becomes part of it
        entry = self._entry(args)
        return entry.call(args)

    def loop(self, *args: Any, rows: Any, start: int = 0, stop: int | None = None, collect: bool = False) -> Any:
        """`fn(*args, row)` for `rows[start:stop]` in turn inside one program, donated state carried on; the last result,
        or with `collect` the stacked results.

        The bounds are data: any number of rows runs without compiling again.
        """
        stop = len(tree.flatten(rows)[0]) if stop is None else stop
        if self._rows[0] is not rows:
            placed = tree.map_structure(_as_rows, rows)
            self._rows = (rows, placed, tree.map_structure(lambda r: r[0], placed))
        _, placed, first = self._rows
        return self._entry((*args, first)).loop(args, placed, start, stop, collect)

    def times(self, *args: Any) -> int:
        """How many times the rows that are not donated a call may have and be no slower for each.

        On a CPU what is given, made on the way and returned should fit its caches; elsewhere some of the memory is the limit.
        """
        limit = _CACHED_BYTES if jax.default_backend() == "cpu" else _MOST_BYTES
        return max(1, limit // max(self._entry(args).held(args), 1))

    def _entry(self, args: tuple[Any, ...]) -> "_Entry":
        key = (jax.tree.structure(args), *(_signature(x) for x in tree.flatten(args)))
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = _Entry(self.fn, self.donate, args)
        return entry


def _as_rows(rows: np.ndarray) -> Any:
    """Places on the device, in 32 bits where they fit: gathering is faster by those."""
    fits = rows.dtype == np.int64 and (not rows.size or rows.max() < 2**31)
    return jnp.asarray(rows.astype(np.int32) if fits else rows)


def _signature(x: Any) -> Any:
    """Shape and dtype of data; None, booleans and strings themselves."""
    if _is_static(x):
        return x
    return (x.shape, x.dtype) if hasattr(x, "dtype") else type(x)


_TENSOR = object()  # stands for a tensor in a structure
_CACHED_BYTES = 1 << 23  # of a call that is computed fast on a CPU
_MOST_BYTES = 1 << 27  # of a call, on other devices
_COLLECTED = 16  # rows of results that a program of `loop(collect=True)` gives at a time


def _columns(parts: list[tuple[int, list[Any]]]) -> Iterator[list[tuple[int, Any]]]:
    """The parts of each result, with their lengths."""
    return (list(column) for column in zip(*([(n, x) for x in stacked] for n, stacked in parts)))


def _equations(jaxpr: Any) -> Iterator[Any]:
    """The equations of a program, and those of its inner programs."""
    for equation in jaxpr.eqns:
        yield equation
        for value in equation.params.values():
            for inner in value if isinstance(value, (tuple, list)) else (value,):
                inner = getattr(inner, "jaxpr", inner)
                if hasattr(inner, "eqns"):
                    yield from _equations(inner)


def _bytes(x: Any) -> int:
    """Of an array or its description; 0 of what is none, as random keys are."""
    return x.size * np.dtype(x.dtype).itemsize if hasattr(x, "shape") and isinstance(x.dtype, np.dtype) else 0


def _is_static(x: Any) -> bool:
    """Whether a leaf of the arguments belongs to the signature instead of being data."""
    return x is None or isinstance(x, (bool, str))


class _Entry:
    """One signature of a compiled function.

    It is traced once to see what it gives. The donated tensors that it changes are then the state of its programs: given away,
    and carried from row to row. Those that it returns as they came (weights, while a model only predicts) are left alone.
    """

    def __init__(self, fn: Callable[..., Any], donate: frozenset[int], args: tuple[Any, ...]):
        self.fn = fn
        self.donate = donate
        self.example = tuple(tree.map_structure(lambda x: x if _is_static(x) else _TENSOR, arg) for arg in args)
        donated, others = self._split(args)
        self.structure: Any = None
        self.changing: list[int] = []
        with _explained():
            program, self.specs = jax.make_jaxpr(self._probe, return_shape=True)(donated, others)
        # XLA's convolutions on a CPU are many times slower inside a loop: there each row is a call.
        has_convolutions = any(e.primitive.name == "conv_general_dilated" for e in _equations(program.jaxpr))
        self.loops = jax.default_backend() != "cpu" or not has_convolutions
        # State stays where it lies, on whichever devices.
        kept = [x.sharding if isinstance(x.sharding, NamedSharding) else None for x in self._changing(donated)]
        options: Any = {"donate_argnums": (0,), **({"out_shardings": (kept, None)} if any(kept) else {})}
        self._call = jax.jit(self._call_flat, **options)
        self._loop = jax.jit(self._loop_flat, **options)
        self._collect = jax.jit(self._collect_flat, **options)
        self._row = jax.jit(self._row_flat, **options)

    def held(self, args: tuple[Any, ...]) -> int:
        """Bytes of the arguments that are not donated, of what XLA keeps on the way, or of what comes out: the most of these."""
        donated, others = self._split(args)
        with _explained(), _quiet():
            compiled = self._call.lower(self._state(donated), self._fixed(donated), others).compile()  # `call` finds it
        needed = compiled.memory_analysis()
        return max(sum(map(_bytes, others)), sum(map(_bytes, self.specs)), needed.temp_size_in_bytes if needed else 0)

    def call(self, args: tuple[Any, ...]) -> Any:
        donated, others = self._split(args)
        with _explained(), _quiet():
            state, results = self._call(self._state(donated), self._fixed(donated), others)
        return self._packed(donated, state, results)

    def loop(self, args: tuple[Any, ...], rows: Any, start: int, stop: int, collect: bool) -> Any:
        donated, others = self._split(args)
        state, fixed = self._state(donated), self._fixed(donated)
        with _explained(), _quiet():
            if not self.loops:
                state, results = self._row_by_row(state, fixed, others, rows, range(start, stop), collect)
                return self._packed(donated, state, results)
            if not collect:
                state, results = self._loop(state, fixed, others, rows, start, stop)
                return self._packed(donated, state, results)
            parts = []
            while start < stop:
                end = min(stop, start + _COLLECTED)
                state, stacked = self._collect(state, fixed, others, rows, start, end)
                parts.append((end - start, stacked))
                start = end
            # On the host, where it is wanted in the end; on the device every other length would be compiled.
            joined = [np.concatenate([np.asarray(x)[:n] for n, x in column]) for column in _columns(parts)]
            return self._packed(donated, state, joined)

    def _row_by_row(
        self, state: Any, fixed: Any, others: Any, rows: Any, places: range, collect: bool
    ) -> tuple[list[Any], list[Any]]:
        found: list[Any] = []
        results: list[Any] = []
        for i in places:
            state, results = self._row(state, fixed, others, rows, i)
            if collect:  # waits: programs that run beside each other are slow on a CPU
                found.append([np.asarray(x) for x in results])
        return state, [np.stack(column) for column in zip(*found)] if collect else results

    # --- between structures and flat lists ---

    def _split(self, args: tuple[Any, ...]) -> tuple[list[Any], list[Any]]:
        """The tensors among the arguments: the donated ones, and the others."""
        donated: list[Any] = []
        others: list[Any] = []
        for i, arg in enumerate(args):
            leaves = (as_jax(x) for x in tree.flatten(arg) if not _is_static(x))
            (donated if i in self.donate else others).extend(leaves)
        return donated, others

    def _state(self, donated: list[Any]) -> list[Any]:
        """What is given away: only what a step made, each once; copies of the rest."""
        state, seen = [], set()
        for x in self._changing(donated):
            if id(x) in seen or not getattr(x, "_is_state", False):
                x = jnp.copy(x)
            seen.add(id(x))
            state.append(x)
        return state

    def _changing(self, donated: list[Any]) -> list[Any]:
        return [donated[k] for k in self.changing]

    def _fixed(self, donated: list[Any]) -> list[Any]:
        changing = set(self.changing)
        return [x for k, x in enumerate(donated) if k not in changing]

    def _merged(self, state: list[Any], fixed: list[Any]) -> list[Any]:
        by_place, rest = dict(zip(self.changing, state)), iter(fixed)
        return [by_place[k] if k in by_place else next(rest) for k in range(len(state) + len(fixed))]

    def _packed(self, donated: list[Any], state: list[Any], results: list[Any]) -> Any:
        """The structure that the function returns. Waits for it: time is measured by the chunk."""
        for x in state:
            x._is_state = True
        supply = iter(jax.block_until_ready(self._merged(state, self._fixed(donated)) + results))
        return tree.map_structure(lambda x: next(supply) if x is _TENSOR else x, self.structure)

    # --- programs ---

    def _flat(self, donated: list[Any], others: list[Any]) -> list[Any]:
        supplies = {True: iter(donated), False: iter(others)}
        args = [
            tree.map_structure(lambda x, own=i in self.donate: next(supplies[own]) if x is _TENSOR else x, arg)
            for i, arg in enumerate(self.example)
        ]
        result = self.fn(*args)
        self.structure = tree.map_structure(lambda x: x if is_object(x) else _TENSOR, result)
        return [as_jax(x) for x in tree.flatten(result) if not is_object(x)]

    def _probe(self, donated: list[Any], others: list[Any]) -> list[Any]:
        """Notes which donated tensors change; returns what comes after them."""
        flat = self._flat(donated, others)
        self.changing = [k for k, (new, old) in enumerate(zip(flat, donated)) if new is not old]
        return flat[len(donated) :]

    def _call_flat(self, state: list[Any], fixed: list[Any], others: list[Any]) -> tuple[list[Any], list[Any]]:
        flat = self._flat(self._merged(state, fixed), others)
        new = [flat[k].astype(s.dtype) for k, s in zip(self.changing, state)]
        return new, flat[len(state) + len(fixed) :]

    def _row_flat(self, state: Any, fixed: Any, others: Any, rows: Any, i: Any) -> tuple[list[Any], list[Any]]:
        row = [lax.dynamic_index_in_dim(r, i, keepdims=False) for r in tree.flatten(rows)]
        return self._call_flat(state, fixed, [*others, *row])

    def _loop_flat(self, state: Any, fixed: Any, others: Any, rows: Any, start: Any, stop: Any) -> Any:
        empty = [jnp.zeros(x.shape, x.dtype) for x in self.specs]
        return lax.fori_loop(
            start, stop, lambda i, carry: self._row_flat(carry[0], fixed, others, rows, i), (state, empty)
        )

    def _collect_flat(self, state: Any, fixed: Any, others: Any, rows: Any, start: Any, stop: Any) -> Any:
        stacked = [jnp.zeros((_COLLECTED, *x.shape), x.dtype) for x in self.specs]

        def body(i: Any, carry: Any) -> Any:
            new, found = self._row_flat(carry[0], fixed, others, rows, i)
            return new, [lax.dynamic_update_index_in_dim(s, x, i - start, 0) for s, x in zip(carry[1], found)]

        return lax.fori_loop(start, stop, body, (state, stacked))


@contextmanager
def _quiet() -> Iterator[None]:
    """State that a step passes on unchanged, or in another layout, cannot be reused; that is no news to the user."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Some donated buffers were not usable")
        yield


def compile(
    fn: Callable[..., Any],
    donate: Sequence[int] = (),
    resident: Sequence[int] = (),
    progress: dict[str, int] | None = None,
) -> CompiledFunction:
    """A jitted version of a pure function of tensors (nested structures of them).

    Args:
        fn: called once a signature with traced tensors.
        donate: positions of arguments whose memory may be reused for the first results; they cannot be used again.
        resident: positions of arguments that stay the same; where they lie makes no difference here.
        progress: nothing here, as a program stays what it is.
    """
    return CompiledFunction(fn, donate, resident)
