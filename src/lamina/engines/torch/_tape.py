"""GradientTape over torch's autograd."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from lamina import tree

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
        return known[2] if known[1] is value and known[3] == value._version else value
    if not tapes[-1].watch_accessed_variables:
        return value
    shared = next((t._variables[id(variable)] for t in tapes if id(variable) in t._variables), None)
    if shared is not None and shared[1] is value and shared[3] == value._version:
        entry = shared
    else:
        # A copy of what lies in storage: the variable may be assigned before the gradient is asked for.
        source = as_leaf(value if is_traced(value) or value.requires_grad else value.clone())
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
        self._used = False
        self._entered = False
        self._variables: dict[int, tuple[Any, torch.Tensor, torch.Tensor, int]] = {}
        self._sources: dict[int, tuple[Any, torch.Tensor]] = {}
        self._lent: list[torch.Tensor] = []  # tensors of the user that are followed while the tape records
        self._arrays: list[int] = []

    def __enter__(self) -> "GradientTape":
        self._entered = True
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
                self._sources[id(x)] = (x, on_variable_read(x, x.__tensor__()))
            finally:
                self.watch_accessed_variables = mine
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

    def watched_variables(self) -> tuple[Any, ...]:
        """The variables read so far."""
        return tuple(entry[0] for entry in self._variables.values())

    def reset(self) -> None:
        """Forgets everything recorded."""
        self._variables.clear()
        self._sources.clear()

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """Inside it nothing is recorded."""
        with torch.no_grad():
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
        targets = [self._find(t) for t in tree.flatten(target)]
        weights = [None] * len(targets) if output_gradients is None else tree.flatten(output_gradients)
        flat = tree.flatten(sources)
        found_sources = [self._find(s) for s in flat]
        for x in self._lent:
            x.requires_grad_()
        try:
            follows = self._variables or self._sources  # what has no slope leaves no trace in autograd
            if not follows and not any(isinstance(t, torch.Tensor) and t.requires_grad for t in targets):
                raise ValueError(
                    "gradient: the target was not computed from anything that the tape follows. Compute it inside the "
                    "`with` block from variables or from what `tape.watch(x)` returned."
                )
            pairs = [(t, None if w is None else tensor(w)) for t, w in zip(targets, weights) if t is not None]
            found = gradients_of(
                [t for t, _ in pairs], [w for _, w in pairs], found_sources, self.persistent, is_recording()
            )
        finally:
            if self not in local.tapes:
                for x in self._lent:
                    x.requires_grad_(False)
        if not self.persistent and not is_recording():
            _let_go(targets)
        if unconnected_gradients == "zero":
            found = [torch.zeros_like(tensor(s)) if g is None else g for g, s in zip(found, flat)]
        return tree.pack_sequence_as(sources, found)

    def jacobian(self, target: Any, source: Any) -> Any:
        """The derivative of every element of `target` by every element of `source`: shape target.shape + source.shape.

        The tape must be persistent.
        """
        rows = []
        size = int(np.prod(target.shape, dtype=int))
        for i in range(size):
            one = torch.nn.functional.one_hot(torch.tensor(i), size).reshape(target.shape).to(target)
            rows.append(self.gradient(target, source, output_gradients=one, unconnected_gradients="zero"))
        return torch.stack(rows).reshape(tuple(target.shape) + tuple(source.shape))

    def _find(self, x: Any) -> torch.Tensor | None:
        """The tensor that stands for a source or target on this tape."""
        if id(x) in self._sources:
            return self._sources[id(x)][1]
        if id(x) in self._variables:
            return self._variables[id(x)][2]
        if isinstance(x, torch.Tensor):
            return x
        return x.value if hasattr(x, "__tensor__") else None
