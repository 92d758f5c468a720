"""GradientTape over torch's autograd."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

import numpy as np
import torch

from lamina import tree

from .._tape import Tape
from . import _numpy
from ._module import followed
from ._tensors import is_traced, local, tensor, watched
from ._transforms import as_leaf, gradients_of, is_recording


def on_variable_read(variable: Any, value: torch.Tensor) -> torch.Tensor:
    """Called when a variable is read: while a tape records, the value is replaced by one that autograd follows."""
    tapes = local.tapes
    if not tapes:
        return followed(variable, value)
    if not value.is_floating_point() or not torch.is_grad_enabled():
        return value
    known = tapes[-1]._variables.get(id(variable))
    if known is not None:
        # Assigned since it was first read: gradients are for what was read first.
        return known[2] if known[1] is value and known[3] == value._version else value.detach()
    if not tapes[-1].watch_accessed_variables:
        return value
    shared = next((t._variables[id(variable)] for t in tapes if id(variable) in t._variables), None)
    if shared is not None and shared[1] is value and shared[3] == value._version:
        entry = shared
    else:
        # A copy of what lies in storage: the variable may be assigned before the gradient is asked for.
        # What has been assigned does not lead back to how it was computed.
        followed_already = shared is None and (is_traced(value) or value.requires_grad)
        source = as_leaf(value if followed_already else value.detach().clone())
        entry = (variable, value, source, value._version)
    for tape in tapes:  # tapes around this one follow the variable too
        if tape.watch_accessed_variables:
            tape._variables.setdefault(id(variable), entry)
    return entry[2]


def _let_go(targets: list[Any]) -> None:
    """Takes the targets of a tape that is used up off their graph, so that they are numbers like any others."""
    for t in targets:
        if isinstance(t, torch.Tensor) and not is_traced(t) and not t.is_leaf and not t._is_view():
            t.detach_()


class GradientTape(Tape):
    """The torch engine's tape."""

    xp = _numpy

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True):
        super().__init__(persistent, watch_accessed_variables)
        self._entered = False
        self._beside: WeakSet[GradientTape] = WeakSet()  # tapes that recorded at the same time, on the same graph
        self._sources: dict[int, tuple[Any, torch.Tensor]] = {}
        self._lent: list[torch.Tensor] = []  # tensors of the user that are followed while the tape records
        self._arrays: list[int] = []

    def __enter__(self) -> "GradientTape":
        self._entered = True
        for tape in local.tapes:
            tape._beside.add(self)
            self._beside.add(tape)
        self._grad_mode = torch.enable_grad()
        self._grad_mode.__enter__()
        local.tapes = (*local.tapes, self)
        return self

    def __exit__(self, *exc: Any) -> None:
        local.tapes = tuple(t for t in local.tapes if t is not self)
        self._grad_mode.__exit__(*exc)
        for x in self._lent:
            x.requires_grad_(False)
        for key in self._arrays:
            watched.pop(key, None)

    def watch(self, tensor_: Any) -> Any:
        """Follows a tensor (nested structures too), and returns what to compute with.

        Tensors, and `lamina.ops` on any array, are followed without using the returned value.
        """
        if not self._entered:
            raise RuntimeError("GradientTape.watch: use it inside `with GradientTape() as tape:`.")
        return tree.map_structure(self._follow, tensor_)

    def _follow(self, x: Any) -> Any:
        if hasattr(x, "__tensor__"):
            mine, self.watch_accessed_variables = self.watch_accessed_variables, True
            try:
                self._sources[id(x)] = (x, x.__tensor__())
            finally:
                self.watch_accessed_variables: bool = mine
            return x
        if isinstance(x, torch.Tensor):
            if not x.requires_grad:
                x.requires_grad_()
                if not is_traced(x):
                    self._lent.append(x)
            self._sources[id(x)] = (x, x)
            return x
        source = tensor(x).clone().requires_grad_()
        self._sources[id(x)] = (x, source)
        if isinstance(x, np.ndarray):
            watched[id(x)] = (x, source)
            self._arrays.append(id(x))
        self._sources[id(source)] = (source, source)
        return source

    def reset(self) -> None:
        """Forgets everything recorded."""
        self._variables.clear()
        self._sources.clear()

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """Inside it nothing is recorded."""
        with torch.no_grad():
            yield

    def _gradients(self, targets: list[Any], weights: list[Any], sources: list[Any]) -> list[Any] | None:
        found = [self._find(t) for t in targets]
        keep = self.persistent or any(not tape._used for tape in self._beside)
        for x in self._lent:
            x.requires_grad_()
        try:
            follows = self._variables or self._sources  # what has no slope leaves no trace in autograd
            if not follows and not any(isinstance(t, torch.Tensor) and t.requires_grad for t in found):
                return None
            pairs = [(t, None if w is None else tensor(w)) for t, w in zip(found, weights) if t is not None]
            gradients = gradients_of(
                [t for t, _ in pairs], [w for _, w in pairs], [self._find(s) for s in sources], keep,
                is_recording(),
            )  # fmt: skip
        finally:
            if self not in local.tapes:
                for x in self._lent:
                    x.requires_grad_(False)
        if not keep and not is_recording():
            _let_go(found)
        return gradients

    def _find(self, x: Any) -> torch.Tensor | None:
        """The tensor that stands for a source or target on this tape."""
        if id(x) in self._sources:
            return self._sources[id(x)][1]
        if id(x) in self._variables:
            return self._variables[id(x)][2]
        if isinstance(x, torch.Tensor):
            return x
        return x.__tensor__() if hasattr(x, "__tensor__") else None
