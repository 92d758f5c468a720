"""Tensors, tracers and traces.

On this engine a tensor is a NumPy array. `Tensor` is `numpy.ndarray` with `.numpy()` and Keras's dtype promotion. While a
function is traced, a `Tracer` stands in for an array: it answers NumPy's dispatch protocols and records primitives in the
current `Trace`. A recording trace (a gradient tape at work) also computes every value as it goes.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from lamina._checks import NO_ASSIGNMENT

from . import _primitive
from ._dtypes import promote
from ._graph import Graph, Node, Spec, Var
from ._primitive import Primitive

# NumPy ufunc or function -> implementation over primitives; filled by the primitives' files.
UFUNCS: dict[Any, Callable] = {}
FUNCTIONS: dict[Any, Callable] = {}


class _Local(threading.local):
    def __init__(self) -> None:
        # The traces at work in this thread, innermost last. None on top switches recording off.
        self.stack: list[Trace | None] = []


_local = _Local()


class ConcreteValueError(TypeError):
    """A traced function asked for the value of a tensor, which is not known while it is traced."""


def implements(*numpy_functions: Any) -> Callable[[Callable], Callable]:
    """Registers what a NumPy function does on tracers."""

    def attach(fn: Callable) -> Callable:
        for numpy_function in numpy_functions:
            FUNCTIONS[numpy_function] = fn
        return fn

    return attach


class Trace:
    """A program being recorded. With `eager`, each value is computed at once (for gradient tapes)."""

    def __init__(self, eager: bool = False):
        self.eager = eager
        self.nodes: list[Node] = []
        self.captured: dict[int, tuple[Tracer, Var]] = {}  # values of an outer trace used in here
        self.watched: dict[int, tuple[Any, Tracer]] = {}  # arrays that a tape watches, by identity
        self.constants: dict[Any, Var] = {}

    def new_input(self, spec: Any) -> "Tracer":
        return Tracer(Var(tuple(spec.shape), np.dtype(spec.dtype)), self)

    def emit(self, primitive: Primitive, args: tuple, params: dict[str, Any]) -> Any:
        node = Node(primitive, [self.var(a) for a in args], params)
        if self.eager:
            values = primitive.run(*(v.value for v in node.inputs), **params)
            many = isinstance(values, tuple)
            arrays = [np.asarray(v) for v in (values if many else (values,))]
            node.outputs = [Var(v.shape, v.dtype, node, v) for v in arrays]
        else:
            specs = primitive._shape(*node.inputs, **params)
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

    def watch(self, array: Any) -> "Tracer":
        """A tracer for a concrete array, the same one for the same array."""
        if id(array) not in self.watched:
            # A name of its own for what would be a constant: gradients are asked with respect to it.
            source = self.emit(_primitive.PRIMITIVES["identity"], (np.asarray(array),), {})
            self.watched[id(array)] = (array, source)
        return self.watched[id(array)][1]


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


def is_live(tracer: "Tracer") -> bool:
    """Whether operations on the tracer are still recorded somewhere."""
    return any(trace is tracer.trace for trace in _local.stack)


def settle(x: Any) -> Any:
    """`x`, or its plain value if it is the tracer of a tape that has ended."""
    if isinstance(x, Tracer) and x.trace.eager and (not is_live(x) or current_trace() is None):
        return x.ref.value
    return x


def bind(primitive: Primitive, args: tuple, params: dict[str, Any]) -> Any:
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
    return wrap(primitive.run(*(plain(a) for a in args), **params))


_primitive.bind = bind


def leaked(tracer: "Tracer") -> ConcreteValueError:
    return ConcreteValueError(
        f"A tensor of a traced function ({tracer!r}) was used after the trace had ended. Return it from the function "
        "instead of keeping it in an attribute or a list, or run with run_eagerly=True."
    )


def plain(x: Any) -> Any:
    """The array itself, without the Tensor class."""
    return x.view(np.ndarray) if type(x) is Tensor else x


def wrap(x: Any) -> Any:
    """`x` as a Tensor over the same memory, which cannot be written through it."""
    if isinstance(x, tuple):
        return tuple(map(wrap, x))
    tensor = np.asarray(x).view(Tensor)
    tensor.setflags(write=False)
    return tensor


def is_traced(x: Any) -> bool:
    if type(x) is Tracer:
        return True
    trace = current_trace()
    return trace is not None and id(x) in trace.watched


class Tensor(np.ndarray):
    """A NumPy array that is never written: `x += 1` makes a new one.

    It has `.numpy()`, and its operators promote dtypes as Keras does (int32 with float32 gives float32).
    """

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError(NO_ASSIGNMENT)

    def numpy(self) -> np.ndarray:
        """A plain NumPy copy."""
        return np.array(self, copy=True, subok=False)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        if any(type(x) is Tracer for x in inputs):
            return NotImplemented
        if method == "__call__" and out is None and not kwargs:
            implementation = UFUNCS.get(ufunc)
            if implementation is not None:
                return implementation(*inputs)
        if out is not None:
            if any(isinstance(o, Tensor) for o in out):
                raise TypeError(f"numpy.{ufunc.__name__}: out= must be a plain NumPy array. A tensor is never written.")
            return getattr(ufunc, method)(*(plain(x) for x in inputs), out=out, **kwargs)
        result = getattr(ufunc, method)(*(plain(x) for x in inputs), **kwargs)
        return result if result is None else wrap(result) if not isinstance(result, list) else result

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if Tracer in types:
            return NotImplemented
        # Some functions do not offer all their arguments for dispatch: take(array, traced indices).
        if any(type(a) is Tracer for a in args) or any(type(a) is Tracer for a in kwargs.values()):
            return FUNCTIONS[func](*args, **kwargs)
        trace = current_trace()
        if trace is not None and trace.watched and func in FUNCTIONS:
            return FUNCTIONS[func](*args, **kwargs)
        # On plain arrays, since NumPy's own code works in place on what it has made.
        result = func(*_all(plain, args), **{k: _all(plain, v) for k, v in kwargs.items()})
        return _all(lambda x: wrap(x) if isinstance(x, (np.ndarray, np.generic)) else x, result)

    __hash__ = None


def _all(convert: Callable, x: Any) -> Any:
    """`x` with `convert` applied to what the tuples and lists in it hold."""
    if isinstance(x, (tuple, list)):
        items = [_all(convert, i) for i in x]
        return type(x)(*items) if hasattr(x, "_fields") else type(x)(items)
    return convert(x)


class Tracer(np.lib.mixins.NDArrayOperatorsMixin):
    """Stands for an array in a traced function: it has a shape and a dtype, and a value only under a tape."""

    __slots__ = ("__weakref__", "_keras_mask", "ref", "trace")
    __array_priority__ = 1000
    __hash__ = object.__hash__

    def __init__(self, var: Var, trace: Trace):
        self.ref = var
        self.trace = trace

    shape = property(lambda self: self.ref.shape)
    dtype = property(lambda self: self.ref.dtype)
    ndim = property(lambda self: len(self.ref.shape))
    size = property(lambda self: int(np.prod(self.ref.shape, dtype=np.int64)))
    T = property(lambda self: np.transpose(self))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        if out is not None:
            raise ConcreteValueError(
                f"numpy.{ufunc.__name__} with out= (or an in-place operator on a NumPy array) cannot write a traced "
                "tensor into an array: write `x = x + y` instead, or start from a tensor such as ops.zeros(...)."
            )
        if method == "reduce":
            reduction = {np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min}.get(ufunc)
            if reduction is not None:
                return FUNCTIONS[reduction](*inputs, **kwargs)
        if method == "__call__" and ufunc in UFUNCS:
            return UFUNCS[ufunc](*inputs, **kwargs)
        raise self._untraceable(f"numpy.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}"))

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if func in FUNCTIONS:
            return FUNCTIONS[func](*args, **kwargs)
        raise self._untraceable(f"{func.__module__}.{func.__name__}")

    def _untraceable(self, what: str) -> TypeError:
        return TypeError(
            f"{what} has no traced form, so it cannot be compiled or differentiated. Use the function of lamina.ops "
            "that does it, or run with run_eagerly=True."
        )

    def _value(self, what: str) -> np.ndarray:
        if self.trace.eager:
            return self.ref.value
        raise ConcreteValueError(
            f"{what} needs the value of a tensor while the function is being traced for compilation: {self!r} has only "
            "a shape and a dtype. Use lamina.ops.where, lamina.ops.cond or lamina.ops.while_loop for decisions that "
            "depend on values, or run the model with run_eagerly=True."
        )

    def numpy(self) -> np.ndarray:
        return np.array(self._value("numpy()"))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self._value("Turning it into a NumPy array"), dtype=dtype)

    def __bool__(self) -> bool:
        return bool(self._value("A truth test such as `if x > 0:`"))

    def __float__(self) -> float:
        return float(self._value("float()"))

    def __int__(self) -> int:
        return int(self._value("int()"))

    def __index__(self) -> int:
        return int(self._value("Using it as an index or a size"))

    def item(self) -> Any:
        return self._value("item()").item()

    def tolist(self) -> Any:
        return self._value("tolist()").tolist()

    def __format__(self, spec: str) -> str:
        return format(self._value("Formatting"), spec) if spec else str(self)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a tensor without axes.")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        return FUNCTIONS["getitem"](self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError(NO_ASSIGNMENT)

    def astype(self, dtype: Any, copy: bool = True) -> Any:
        return FUNCTIONS["cast"](self, dtype)

    def reshape(self, *shape: Any) -> Any:
        return np.reshape(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> Any:
        return np.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)

    def flatten(self) -> Any:
        return np.reshape(self, -1)

    ravel = flatten

    def squeeze(self, axis: Any = None) -> Any:
        return np.squeeze(self, axis)

    def copy(self) -> Any:
        return self

    def __repr__(self) -> str:
        value = f", value={self.ref.value}" if self.trace.eager else ""
        return f"<Tracer shape={self.shape}, dtype={self.dtype.name}{value}>"


for _divided in (np.mean, np.std, np.var):  # ndarray's methods divide their sums in place
    setattr(Tensor, _divided.__name__, lambda self, *args, f=_divided, **kwargs: f(self, *args, **kwargs))

for _name in "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift".split():
    for _class in (Tensor, Tracer):
        setattr(_class, f"__i{_name}__", getattr(_class, f"__{_name}__"))


def _method(function: Any) -> Callable:
    def method(self: Tracer, *args: Any, **kwargs: Any) -> Any:
        return FUNCTIONS[function](self, *args, **kwargs)

    method.__name__ = function.__name__
    return method


for _function in (np.sum, np.mean, np.max, np.min, np.prod, np.any, np.all, np.std, np.var, np.argmax, np.argmin,
                  np.cumsum, np.cumprod, np.clip, np.round, np.dot, np.take, np.repeat, np.swapaxes, np.argsort):  # fmt: skip
    setattr(Tracer, _function.__name__.replace("amax", "max").replace("amin", "min"), _method(_function))


def trace_graph(fn: Callable, specs: list[Any]) -> tuple[Graph, list[Tracer], Any]:
    """Traces `fn` on tracers for `specs`.

    Returns the graph (its inputs: one for each spec, then one for each captured outer value), the captured tracers and
    whatever `fn` returned, as tracers.
    """
    trace = Trace()
    with tracing(trace):
        tracers = [trace.new_input(s) for s in specs]
        result = fn(*tracers)
    captured = list(trace.captured.values())
    graph = Graph([t.ref for t in tracers] + [var for _, var in captured], trace.nodes, [])
    return graph, [tracer for tracer, _ in captured], (trace, result)


def as_operands(*args: Any) -> list[Any]:
    """The operands in one dtype, chosen by Keras's promotion; Python scalars follow the arrays."""
    dtype = promote(*args)
    return [to_dtype(a, dtype) for a in args]


def to_dtype(x: Any, dtype: np.dtype) -> Any:
    if type(x) is Tracer or isinstance(x, np.ndarray):
        return x if x.dtype == dtype else FUNCTIONS["cast"](x, dtype)
    return to_array(x).astype(dtype)


def to_array(x: Any) -> Any:
    """An array or tracer from anything array-like, lists of tracers included."""
    if type(x) is Tracer or isinstance(x, np.ndarray):
        return x
    if hasattr(x, "__tensor__"):
        return x.__tensor__()
    if isinstance(x, (list, tuple)) and any(is_traced(i) or isinstance(i, (list, tuple)) for i in x):
        if _holds_tracer(x):
            return FUNCTIONS[np.stack]([to_array(i) for i in x])
    return np.asarray(x)


def _holds_tracer(x: Any) -> bool:
    if isinstance(x, (list, tuple)):
        return any(_holds_tracer(i) for i in x)
    return is_traced(x)
