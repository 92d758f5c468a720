"""Programs by recording: a function runs once on its real arguments, and the ATen operators that it comes to, gradients
included, are written down in the order in which they run.

What a program cannot hold, a value that Python or a shape depends on, is noticed where it is asked for: by the tags of the
operators, and by the methods of tensors that read memory without an operator. PyTorch's own tracer, which computes nothing,
needs its compiler for that, and a second to import it.
"""

import operator
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any

import numpy as np
import torch
from torch._subclasses.fake_tensor import DataDependentOutputException, DynamicOutputShapeException
from torch.fx import Graph, Node
from torch.fx.node import map_aggregate
from torch.multiprocessing.reductions import StorageWeakRef
from torch.nn import Module
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.weak import WeakTensorKeyDictionary

from ._aliases import written
from ._tensors import ConcreteValueError, recordings

aten = torch.ops.aten
_VALUE_TAGS = (torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape)
_UNTAGGED = (aten._pack_padded_sequence.default,)
# What reads a tensor's memory, or hands it out, and no operator tells of it.
_METHODS = (
    "item tolist numpy __array__ __float__ __int__ __bool__ __index__ __complex__ __format__ __repr__ data_ptr storage "
    "untyped_storage _typed_storage share_memory_ __dlpack__ __reduce_ex__ __deepcopy__ tensor_split map_ map2_ apply_"
).split()
_FUNCTIONS = ((torch, "tensor_split"), (torch, "to_dlpack"), (torch.utils.dlpack, "to_dlpack"))
_READERS: list[tuple[Any, str]] = [*((torch.Tensor, name) for name in _METHODS), *_FUNCTIONS]
_storage = torch.Tensor.untyped_storage  # without a guard


def record(fn: Callable[..., Sequence[torch.Tensor]], inputs: Sequence[torch.Tensor]) -> tuple[Module, Graph] | None:
    """The program of `fn(*inputs)`, and the module of its constants; None if it asks for values or fails.

    Nothing that was there before is changed: neither what tensors hold nor, without a program, the state of NumPy's and
    Python's random numbers.
    """
    draws = random.getstate(), np.random.get_state()
    recorder = Recorder()
    try:
        for x in inputs:
            recorder.take(x)
        with recorder.at_work():
            results = fn(*inputs)
        if not recorder.was_asked:
            recorder.graph.output([recorder.node_of(x) for x in results])
            return recorder.constants, recorder.graph
    except ConcreteValueError:
        _set_draws(draws)
        raise
    except Exception:
        pass  # what fails by itself fails again where the function is traced by shapes, or runs
    _set_draws(draws)
    if recorder.must_be_eager:
        raise ConcreteValueError("The function does with the memory of tensors what no program can hold.")
    return None


def _set_draws(draws: tuple[Any, Any]) -> None:
    random.setstate(draws[0])
    np.random.set_state(draws[1])


class Recorder(TorchDispatchMode):
    """Writes the operators that run in this thread into a graph."""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # to be skipped by PyTorch's compiler, it would be imported

    def __init__(self) -> None:
        super().__init__()
        self.graph = Graph()
        self.constants = Module()  # what the program reads that is no argument and was made by no operator
        self.was_asked = False
        self.must_be_eager = False  # what was met is nothing that tracing by shapes would see
        self._nodes = WeakTensorKeyDictionary()
        self._known: dict[int, Node] = {}  # of constants, by id
        self._outside: set[int] = set()  # storages that were there before, by their address
        self._inside: dict[int, StorageWeakRef] = {}  # and those of arguments and results: so no address is used again
        self._before: dict[int, tuple[torch.UntypedStorage, torch.UntypedStorage]] = {}
        self._generators: list[tuple[torch.Generator, torch.Tensor]] = []

    def __contains__(self, x: object) -> bool:
        """Whether `x` was made by an operator of the program, or is an argument."""
        return x in self._nodes

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Inside it this thread's operators are recorded. What they write into tensors from outside is put back."""
        guarded = nullcontext() if recordings else _guarded()
        recordings.append(self)
        try:
            with guarded, self:
                yield
        finally:
            recordings.remove(self)
            for storage, content in reversed(self._before.values()):
                storage.copy_(content)
            for generator, state in self._generators:
                generator.set_state(state)

    def take(self, x: torch.Tensor) -> None:
        """`x` is the next argument."""
        self._nodes[x] = self._noted(self.graph.placeholder(f"arg{len(self._nodes)}"), x)
        storage = _storage(x)
        self._outside.add(storage._cdata)
        self._inside[storage._cdata] = StorageWeakRef(storage)

    def node_of(self, x: torch.Tensor) -> Node:
        """What stands for a tensor in the program."""
        node = self._nodes.get(x)
        if node is None:
            node = self._known.get(id(x))
        if node is None:
            place = _storage(x)._cdata
            if place in self._inside and place in self._outside:
                raise self.refuse("memory of an argument, seen by no operator")
            if place in self._inside:
                raise self._unseen()
            node = self._known[id(x)] = self._constant(x)
            self._outside.add(place)
        elif node.meta["storage"] != _storage(x)._cdata:
            raise self._unseen()
        return node

    def _unseen(self) -> Exception:
        """The error for a tensor that came to its memory by no operator: `x.data = y`, `torch.nn.Parameter(y)`."""
        self.must_be_eager = True
        return self.refuse("memory of another tensor, seen by no operator")

    def refuse(self, what: Any) -> Exception:
        """The error for a value that is asked for. Whoever catches it has no program either."""
        self.was_asked = True
        return DataDependentOutputException(what)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if _needs_values(func):
            if any(x in self for x in _tensors((args, kwargs))):
                raise self.refuse(func)
            if torch.Tag.data_dependent_output in func.tags:
                return func(*args, **kwargs)
        if torch.is_inference_mode_enabled():  # in it, operators come that are made of others
            with self:
                whole = func.decompose(*args, **kwargs)
            if whole is not NotImplemented:
                return whole
        inputs = map_aggregate(args, self._argument), map_aggregate(kwargs, self._argument)
        self._keep_what_changes(func, args, kwargs)
        result = func(*args, **kwargs)
        # A constant of the source is made anew for each run: the function may write into it.
        target = aten.lift_fresh_copy.default if func is aten.lift_fresh.default else func
        self._note(self.graph.call_function(target, *inputs), result)
        return result

    def _argument(self, x: Any) -> Any:
        if isinstance(x, torch.Tensor):
            return self.node_of(x)
        return self._constant(x) if isinstance(x, torch.Generator) else x

    def _constant(self, x: Any) -> Node:
        name = f"_constant{len(self.graph.nodes)}"
        setattr(self.constants, name, x)
        return self._noted(self.graph.get_attr(name), x)

    def _note(self, node: Node, result: Any) -> None:
        if isinstance(result, torch.Tensor):
            self._nodes[result] = self._noted(node, result)
            storage = _storage(result)
            if storage._cdata not in self._outside and storage._cdata not in self._inside:
                self._inside[storage._cdata] = StorageWeakRef(storage)
        elif isinstance(result, (tuple, list)):
            for i, part in enumerate(result):
                if isinstance(part, (torch.Tensor, tuple, list)):
                    self._note(self.graph.call_function(operator.getitem, (node, i)), part)

    def _noted(self, node: Node, x: Any) -> Node:
        """The node, with what later rewrites ask of its value: all but the numbers, which would keep memory."""
        if isinstance(x, torch.Tensor):
            node.meta["val"] = torch.empty_strided(x.shape, x.stride(), dtype=x.dtype, device="meta")
            node.meta["storage"] = _storage(x)._cdata
        return node

    def _keep_what_changes(self, func: Any, args: Any, kwargs: Any) -> None:
        """Before an operator writes into what was there before the recording, or draws, its state is kept."""
        for x in written(func, args, kwargs):
            storage = _storage(x)
            if storage._cdata in self._outside and storage._cdata not in self._before:
                self._before[storage._cdata] = storage, storage.clone()
                # Traced by shapes, what is no argument would be written into in truth.
                self.must_be_eager |= storage._cdata not in self._inside
        if torch.Tag.nondeterministic_seeded in func.tags:
            for generator in _generators((args, kwargs)):
                if not any(g is generator for g, _ in self._generators):
                    self._generators.append((generator, generator.get_state()))


@cache
def _needs_values(func: Any) -> bool:
    return func in _UNTAGGED or any(tag in func.tags for tag in _VALUE_TAGS)


def _tensors(x: Any) -> list[torch.Tensor]:
    return _all(torch.Tensor, x)


def _generators(x: Any) -> list[torch.Generator]:
    """Those that a draw with these arguments may move on."""
    return [*_all(torch.Generator, x), torch.default_generator, *torch.cuda.default_generators]


def _all(kind: type, x: Any) -> list[Any]:
    found: list[Any] = []
    map_aggregate(x, lambda part: found.append(part) if isinstance(part, kind) else None)
    return found


@contextmanager
def _guarded() -> Iterator[None]:
    """Inside it, what reads a tensor that is recorded refuses to: as attributes, which C++ looks up too."""
    before = [(owner, name, vars(owner).get(name)) for owner, name in _READERS]
    for owner, name in _READERS:
        setattr(owner, name, _guard(name, getattr(owner, name)))
    try:
        yield
    finally:
        for owner, name, own in before:
            if own is None:
                delattr(owner, name)  # it is inherited
            else:
                setattr(owner, name, own)


def _guard(name: str, reader: Callable[..., Any]) -> Callable[..., Any]:
    def read(*args: Any, **kwargs: Any) -> Any:
        for recorder in recordings:
            if any(x in recorder for x in _tensors((args, kwargs))):
                raise recorder.refuse(name)
        return reader(*args, **kwargs)

    return read


def trace_by_shapes(
    fn: Callable[..., Sequence[torch.Tensor]], inputs: Sequence[torch.Tensor]
) -> tuple[Module, Graph] | None:
    """As `record`, by PyTorch's own tracer, which knows sizes that depend on values; None if no program can be what the
    function is."""
    from torch.fx.experimental.proxy_tensor import make_fx
    from torch.fx.experimental.symbolic_shapes import GuardOnDataDependentSymNode

    try:
        traced = make_fx(fn, tracing_mode="fake", _allow_non_fake_inputs=True)(*inputs)
    except (DataDependentOutputException, DynamicOutputShapeException, GuardOnDataDependentSymNode):
        return None
    return traced, traced.graph
