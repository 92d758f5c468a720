"""`merge`, the function of Keras 1 that joins tensors, and `Merge`, its layer that joins models."""

from collections.abc import Callable
from typing import Any

from lamina import layers, models
from lamina._checks import check_one_of

_MODES: dict[str, Callable] = {
    "sum": layers.add,
    "mul": layers.multiply,
    "ave": layers.average,
    "max": layers.maximum,
    "concat": layers.concatenate,
    "dot": layers.dot,
    "cos": layers.dot,
}


def merge(
    inputs: Any, mode: Any = "sum", concat_axis: int = -1, dot_axes: Any = -1, output_shape: Any = None,
    output_mask: Any = None, arguments: Any = None, name: str | None = None,
) -> Any:  # fmt: skip
    """Joins a list of tensors.

    Args:
        inputs: list[Any] of tensors.
        mode: "sum", "mul", "ave", "max", "concat", "dot", "cos", or a function of the list.
        concat_axis: axis of "concat". dot_axes: axis or pair of axes of "dot" and "cos".
        output_shape, output_mask, arguments: of a function: shape of its result, its mask, more arguments.
        name: name of the layer made.
    Raises ValueError for an unknown mode.
    """
    if callable(mode):
        made = layers.Lambda(mode, output_shape=output_shape, mask=output_mask, arguments=arguments, name=name)
        return made(inputs)
    check_one_of(mode, tuple(_MODES), "mode", "merge")
    options: dict[str, Any] = {"name": name} if name else {}
    if mode == "concat":
        options["axis"] = concat_axis
    elif mode in ("dot", "cos"):
        axes = (
            dot_axes
            if isinstance(dot_axes, int)
            else tuple(a[0] if isinstance(a, (list, tuple)) else a for a in dot_axes)
        )
        options.update(axes=axes, normalize=mode == "cos")
    return _MODES[mode](inputs, **options)


def Merge(layers: Any = None, mode: Any = "sum", concat_axis: int = -1, dot_axes: Any = -1, **options: Any) -> Any:
    """A model whose inputs are those of some models, and whose output joins theirs; without models a function of tensors.

    Args:
        layers: list of models that have an input; `Sequential().add(Merge([a, b]))` makes a model of several inputs of them.
        mode, concat_axis, dot_axes, options: as of `merge`.
    """

    def join(tensors: Any) -> Any:
        return merge(list(tensors), mode, concat_axis, dot_axes, **options)

    if layers is None:
        return join
    return models.Model([x for m in layers for x in m.inputs], join([m.outputs[0] for m in layers]))
