"""The arguments that every layer takes by name."""

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
