"""The arguments that every layer takes by name."""

import inspect
from typing import Any, TypedDict


class GeneralArguments(TypedDict, total=False):
    """What layers hand on to `Layer.__init__`; the last four are of Keras 1 and 2, for a layer that begins a model."""

    name: str | None
    dtype: Any
    trainable: bool
    autocast: bool
    input_shape: Any
    batch_input_shape: Any
    batch_size: int | None
    weights: Any


class LayerArguments(GeneralArguments, total=False):
    """The same for layers that do not name the penalty on their output themselves."""

    activity_regularizer: Any


def argument_names(cls: type) -> set[str]:
    """What a layer of this class takes by name."""
    inits = [vars(base)["__init__"] for base in cls.__mro__ if "__init__" in vars(base) and base is not object]
    names = {
        name for init in inits for name, p in inspect.signature(init).parameters.items() if p.kind is not p.VAR_KEYWORD
    }
    return names | {"input_shape", "batch_size", "weights"} - {"self"}
