"""Everything that the course of a training depends on, taken from it and put back."""

import copy
import random
import warnings
from typing import Any

import numpy as np

from lamina import distribution
from lamina.training._steps import Step
from lamina.variables import global_seed_generator

from ._values import encode

STOPS = ("stop_training", "stop_evaluating", "stop_predicting")


def gather(model: Any, step: Any, callbacks: list[Any]) -> dict[str, Any]:
    """The values of all variables, how far the engine's programs are, the random streams, the callbacks' states and the flags;
    all of it copied."""
    return {
        "variables": [(v.path, v.numpy()) for v in _variables(model, step)],
        "progress": copy.deepcopy(model._compiled.progress),
        "global_seed": global_seed_generator().state.numpy(),
        "python_random": random.getstate(),
        "numpy_random": np.random.get_state(),
        "callbacks": [(type(c).__name__, _state_of(c)) for c in callbacks],
        "stops": {name: bool(getattr(model, name)) for name in STOPS},
    }


def put_back(state: dict[str, Any], model: Any, step: Any, callbacks: list[Any]) -> None:
    """Sets everything to what `gather` took. Variables that a step makes when it is first traced get their values then.

    Raises ValueError if the variables are others.
    """
    saved, variables = state["variables"], _variables(model, step)
    check_variables(saved, variables, may_grow=isinstance(step, Step))
    for variable, (_, value) in zip(variables, saved):
        variable.assign(value)
    if isinstance(step, Step):
        step.later = saved[len(variables) :]
    for kind, counts in state["progress"].items():
        model._compiled.progress.setdefault(kind, {}).update(counts)
    global_seed_generator().state.assign(state["global_seed"])
    random.setstate(state["python_random"])
    np.random.set_state(state["numpy_random"])
    _put_back_callbacks(state["callbacks"], callbacks)
    for name, value in state["stops"].items():
        setattr(model, name, value)


def _state_of(callback: Any) -> Any:
    """A copy of what the callback knows. Raises TypeError if it is no data."""
    state = callback.get_state()
    try:
        encode(state, [])
    except TypeError as error:
        raise TypeError(f"{type(callback).__name__}.get_state: {error}") from None
    return copy.deepcopy(state)


def check_variables(saved: Any, variables: list[Any], may_grow: bool) -> None:
    """Raises ValueError, naming the first difference, if the saved values are not those of the variables."""
    for variable, (path, value) in zip(variables, saved):
        if tuple(value.shape) != tuple(variable.shape):
            raise ValueError(
                f"The training state is of another model: its variable {path!r} has shape {value.shape}, where the model "
                f"has {variable.path!r} of shape {tuple(variable.shape)}."
            )
    if len(saved) < len(variables) or (len(saved) > len(variables) and not may_grow):
        raise ValueError(
            f"The training state is of another model: it holds {len(saved)} variables, the model and what trains it have "
            f"{len(variables)}."
        )


def _variables(model: Any, step: Any) -> list[Any]:
    """All that a step reads or changes, in the order in which it was met."""
    return step.own if isinstance(step, Step) else model._step_variables("train")


def _put_back_callbacks(saved: Any, callbacks: list[Any]) -> None:
    """Each state to the callback of its class, in the order in which those of one class stand."""
    waiting = list(callbacks)
    for name, state in saved:
        found = next((c for c in waiting if type(c).__name__ == name), None)
        if found is not None:
            waiting.remove(found)
            found.set_state(state)
        elif state and distribution.is_first():  # the others do without those that write
            warnings.warn(
                f"There is no callback {name} any more, though the training state holds what it knew.",
                UserWarning,
                stacklevel=6,
            )
