"""Compiled functions: recorded once as a graph of ATen operators, gradients included, then run without Python's layers.

A function that asks for values cannot become a graph; it runs eagerly, operation by operation.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from lamina import tree

from ._data import resident as as_resident
from ._graph import simplify
from ._tensors import DEVICE, ConcreteValueError, tensor, tracing
from ._trace import record, trace_by_shapes

# What is patched while a function is recorded or traced is there for all threads.
_one_at_a_time = threading.RLock()


def compile(
    fn: Callable[..., Any],
    donate: Sequence[int] = (),
    resident: Sequence[int] = (),
    progress: dict[str, int] | None = None,
) -> "CompiledFunction":
    """A fast version of a pure function: arguments `donate` are overwritten by the first results, arguments `resident`
    stay the same from call to call. Programs stay what they are, so that there is no `progress`."""
    return CompiledFunction(fn, tuple(donate), tuple(resident))


class CompiledFunction:
    """Traces its function once for each signature: structure, shapes and dtypes of the arguments."""

    def __init__(self, fn: Callable[..., Any], donate: tuple[int, ...], resident: tuple[int, ...]):
        self.fn = fn
        self.donate = donate
        self.resident = resident
        self._entries: dict[Any, _Entry] = {}
        self._kept: dict[int, tuple[Any, torch.Tensor]] = {}  # resident arrays as tensors

    def __call__(self, *args: Any) -> Any:
        if tracing():
            return self.fn(*args)  # already inside a traced program: becomes part of it
        entry, leaves = self._entry(args)
        with torch.no_grad():
            return entry.packed(entry.run(leaves))

    def loop(self, *args: Any, rows: Any, start: int = 0, stop: int | None = None, collect: bool = False) -> Any:
        """`fn(*args, row)` for each of `rows[start:stop]` in turn, donated state carried on; the last result, or with
        `collect` the stacked results."""
        chosen = tensor(rows[start:stop])
        entry, leaves = self._entry((*args, chosen[0]))
        collected: list[list[Any]] = []
        results: list[Any] = []
        with torch.no_grad():
            for row in chosen.unbind():
                leaves[-1] = row
                results = entry.run(leaves)
                if collect:
                    collected.append(results[len(entry.donated) :])
            if collect:
                stacked = [torch.stack(column) for column in zip(*collected)]
                results = [*results[: len(entry.donated)], *stacked]
        return entry.packed(results)

    def _entry(self, args: tuple[Any, ...]) -> tuple["_Entry", list[Any]]:
        leaves: list[Any] = []
        kinds = []
        for i, arg in enumerate(args):
            flat = tree.flatten(arg)
            if i in self.resident:
                leaves.extend(self._resident(x) for x in flat)
            elif i in self.donate:
                leaves.extend(flat)
            else:
                leaves.extend(_as_data(x) for x in flat)
            kinds.append(len(flat))
        key = (*kinds, *((x.shape, x.dtype) if isinstance(x, torch.Tensor) else x for x in leaves))
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = _Entry(self, args, kinds, leaves)
        return entry, leaves

    def _resident(self, x: Any) -> Any:
        if x is None or isinstance(x, torch.Tensor):
            return x
        kept = self._kept.get(id(x))
        if kept is None:
            if len(self._kept) > 16:
                self._kept.clear()
            kept = self._kept[id(x)] = (x, _as_data(x))
        return kept[1]


def _as_data(x: Any) -> Any:
    """Arrays and numbers are data; None, booleans and strings are part of the signature."""
    if x is None or isinstance(x, (bool, str)):
        return x
    if isinstance(x, (int, float)):
        return torch.tensor(x, dtype=torch.int32 if isinstance(x, int) else torch.float32, device=DEVICE)
    return as_resident(x)


class _Entry:
    """One traced signature of a compiled function."""

    def __init__(self, function: CompiledFunction, args: tuple[Any, ...], kinds: list[int], leaves: list[Any]):
        self.fn, self.args = function.fn, args
        argument = [i for i, n in enumerate(kinds) for _ in range(n)]
        self.data = [k for k, x in enumerate(leaves) if isinstance(x, torch.Tensor)]
        self.donated = [k for k in self.data if argument[k] in function.donate]
        self.fixed = list(leaves)
        self.structure: Any = None
        self.program: Callable[..., Any] | None = None
        self.in_grad_mode = False
        try:
            with _one_at_a_time, torch.no_grad():
                inputs = [leaves[k].detach() for k in self.data]
                traced = record(self._flat, inputs) or trace_by_shapes(self._flat, inputs)
        except ConcreteValueError:
            traced = None
        if traced is not None:
            self.program = simplify(*traced, [self.data.index(k) for k in self.donated])
            # oneDNN's recurrent kernel keeps what its gradient needs only in grad mode.
            self.in_grad_mode = any("mkldnn_rnn" in str(n.target) for n in traced[1].nodes)
        self.args = tree.map_structure(lambda x: None if isinstance(x, (torch.Tensor, np.ndarray)) else x, args)

    def _flat(self, *tensors: torch.Tensor) -> list[torch.Tensor]:
        filled = list(self.fixed)
        for k, x in zip(self.data, tensors):
            filled[k] = x
        packed, start = [], 0
        for arg in self.args:
            count = len(tree.flatten(arg))
            packed.append(tree.pack_sequence_as(arg, filled[start : start + count]))
            start += count
        result = self.fn(*packed)
        self.structure = tree.map_structure(lambda x: None if x is None else 0, result)
        return [tensor(x) for x in tree.flatten(result) if x is not None]

    def run(self, leaves: list[Any]) -> list[Any]:
        """The results, flat; those that replace donated tensors are these tensors."""
        tensors = [leaves[k] for k in self.data]
        if self.program is not None:
            if self.in_grad_mode:
                with torch.enable_grad():
                    results = self.program(*(x.detach() for x in tensors))
            else:
                results = self.program(*tensors)
        else:
            results = self._flat(*tensors)
            pairs = [(leaves[k], new) for k, new in zip(self.donated, results) if new is not leaves[k]]
            rest = [x.clone() for x in results[len(self.donated) :]]
            fresh = [new.clone() for _, new in pairs]
            for (old, _), new in zip(pairs, fresh):
                old.copy_(new)
            results = [*results[: len(self.donated)], *rest]
        results[: len(self.donated)] = [leaves[k] for k in self.donated]
        return results

    def packed(self, results: list[Any]) -> Any:
        found = iter(results)
        return tree.map_structure(lambda x: None if x is None else next(found), self.structure)
