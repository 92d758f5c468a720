"""Steps as functions of the state, as Keras's guides for JAX write them: `train_step(self, state, data)` gives `(logs, state)`.

The state is a tuple of lists of tensors: trainable and non-trainable variables, for training those of the optimizer, then,
except for prediction, those of the metrics. A step of the model's own may have either form, on every engine.
"""

import functools
from collections.abc import Callable
from typing import Any

from lamina.layers._base._call import function_of, signature_of
from lamina.variables import StateScope


def state_variables(model: Any, kind: str) -> tuple[list[Any], ...]:
    """The variables whose values are the state of that kind of step."""
    groups = [model.trainable_variables, model.non_trainable_variables]
    if kind == "train":
        groups.append(model.optimizer.variables if model.optimizer is not None else [])
    if kind != "predict":
        groups.append(model.metrics_variables)
    return tuple(groups)


def understands_state(kind: str) -> Callable[[Any], Any]:
    """Lets a step that takes `data` be called with `(state, data)` as well; then it returns its result and the new state
    (prediction: the non-trainable variables of it)."""

    def decorate(step: Any) -> Any:
        @functools.wraps(step)
        def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
            if len(args) + len(kwargs) < 2:
                return step(self, *args, **kwargs)
            state, data = (*args, *kwargs.values())
            groups = state_variables(self, kind)
            pairs = [pair for group, values in zip(groups, state) for pair in zip(group, values)]
            with StateScope(pairs) as scope:
                result = step(self, data)
                new = tuple([scope[variable] for variable in group] for group in groups)
            return (result, new[1]) if kind == "predict" else (result, new)

        return wrapper

    return decorate


def step_on_data(model: Any, kind: str) -> Callable[..., Any]:
    """The model's step of that kind as a function of the data alone, whichever form it has."""
    method = getattr(model, f"{kind}_step")
    if len(signature_of(function_of(method)).names) < 2:
        return method

    def step(data: Any) -> Any:
        groups = state_variables(model, kind)
        result, new = method(tuple([v.__tensor__() for v in group] for group in groups), data)
        for group, values in zip(groups[1:2], [new]) if kind == "predict" else zip(groups, new):
            for variable, value in zip(group, values):
                variable.assign(value)
        return result

    return step
