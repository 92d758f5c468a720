"""`activations`: what a layer makes of one input."""

from typing import Any

import numpy as np

from lamina import ops
from lamina._checks import check_positive_int
from lamina._public import public
from lamina._typing import TensorLike
from lamina.ops._symbolic import Function

from ._axes import COLOURS, array_of, axes_for, heat_map, plain, tiles


@public("plot.activations")
def activations(model: Any, x: TensorLike, layer: Any = None, most: int = 32) -> Any:
    """Draws the output of a layer for one input: a picture for each channel, a map of steps and features, or bars.

    Args:
        model: a Sequential or functional model.
        x: one input, with or without the axis of the batch.
        layer: a layer of the model or its name; by default the first with weights.
        most: how many channels at most.
    Returns: the axes, an array of them for pictures. Raises ValueError for a model without a graph; ImportError without
            matplotlib.
    Example:
        >>> model = Sequential([Input((8, 8, 1)), layers.Conv2D(4, 3, activation="relu", name="edges"), layers.Flatten()])
        >>> plot.activations(model, np.ones((8, 8, 1)), "edges").shape
        (2, 3)
    """
    check_positive_int(most, "most", "activations")
    if not getattr(model, "inputs", None) or len(model.inputs) != 1:
        raise ValueError(
            f"activations: model must be a built Sequential or functional model of one input; got {model!r}."
        )
    if layer is None:
        layer = next((one for one in model.layers if one.weights), model.layers[-1])
    layer = model.get_layer(layer) if isinstance(layer, str) else layer
    values = array_of(x)
    values = values[np.newaxis] if values.ndim == len(model.inputs[0].shape) - 1 else values[:1]
    found = array_of(
        Function(model.inputs[0], layer.output)(ops.convert_to_tensor(values, dtype=model.inputs[0].dtype))
    )[0]
    if found.ndim == 3:
        pictures = [found[:, :, k] for k in range(min(found.shape[-1], most))]
        return tiles("plot.activations", pictures, [str(k) for k in range(len(pictures))], layer.name)
    ax = axes_for("plot.activations")
    if found.ndim == 1:
        ax.bar(np.arange(len(found)), found, color=COLOURS[0])
        ax.set(xlabel="unit", ylabel="output", title=layer.name)
        plain(ax)
        return ax
    heat_map(ax, np.atleast_2d(found).T, "step", "feature", layer.name)
    return ax
