"""What a model takes: shapes, dtypes and names of its inputs."""

from typing import Any

from lamina import tree
from lamina.layers import InputSpec
from lamina.layers._base._call import as_shapes, map_shapes

from ._errors import ExportError
from ._tracing import Ends


def model_ends(model: Any, input_signature: Any = None) -> Ends:
    """The ends of a model's call: of the signature if one is given, of the graph of a functional model, else of the shapes
    with which it was built, the batch open.

    Raises ExportError for a model that has not been built.
    """
    given = _signature(input_signature) if input_signature is not None else _structure(model)
    return ends_of(given)


def ends_of(given: Any) -> Ends:
    """The ends of a structure of things with `shape` and `dtype`."""
    leaves = tree.flatten(given)
    names = [_name(x, i) for i, x in enumerate(leaves)]
    return Ends(
        [tuple(x.shape) for x in leaves],
        [str(getattr(x.dtype, "name", x.dtype) or "float32") for x in leaves],
        [name if names.count(name) == 1 else f"{name}_{i}" for i, name in enumerate(names)],
        tree.map_structure(lambda x: None, given),
    )


def _signature(given: Any) -> Any:
    """Keras takes a list of one for a single input."""
    return given[0] if isinstance(given, (list, tuple)) and len(given) == 1 else given


def _structure(model: Any) -> Any:
    graph = getattr(model, "_functional", None) or model
    inputs = getattr(graph, "_inputs_struct", None)
    if inputs is not None:
        return inputs
    shapes = getattr(model, "_build_shapes_dict", None)
    if not shapes or len(shapes) != 1:
        raise ExportError(
            f"{model.name!r} has not been built, so that nothing is known of its inputs: call it on a batch of data, or say "
            "input_signature=[InputSpec(shape=(None, ...), dtype=...)]."
        )
    shape = as_shapes(next(iter(shapes.values())))
    return map_shapes(lambda s: InputSpec(shape=(None, *s[1:]), dtype=model.compute_dtype), shape)


def _name(x: Any, i: int) -> str:
    history = getattr(x, "_keras_history", None)
    if history is not None:
        return history.operation.name
    return getattr(x, "name", None) or (f"input_{i}" if i else "inputs")
