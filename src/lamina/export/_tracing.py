"""From a model to its program: traced on the native engine, once for each of several sizes."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from lamina import tree
from lamina.engines import engine
from lamina.engines.native import Spec
from lamina.engines.native._graph import Graph
from lamina.engines.native._tracing import traced_graph
from lamina.engines.native.passes import simplify
from lamina.variables import StateScope

from ._dim import Sizes, sample_sizes
from ._errors import ExportError
from ._live import without_training
from ._program import WEIGHT, Program
from ._unify import Unifier

BATCH = "n"


class Ends(NamedTuple):
    """What a function of tensors takes and gives: the open shapes of its inputs (None where a size is open), their dtypes and
    names, and the structures of inputs and outputs."""

    shapes: list[tuple[int | None, ...]]
    dtypes: list[str]
    names: list[str]
    structure: Any


def trace_program(function: Callable[[Any], Any], ends: Ends, variables: Sequence[Any]) -> tuple[Program, Any]:
    """The program of `function(inputs)`, the batch and every other None of the shapes left open; and the structure of what
    it returns, with the names of the outputs' layers as leaves.

    Raises ExportError if another engine is in use, if the function writes variables, or if no one program does it for all
    sizes.
    """
    if engine.NAME != "native":
        raise ExportError(
            f"A file is written from the native engine's program; the {engine.NAME} engine is in use. Save the model, and run "
            "lamina export MODEL.keras --format ..."
        )
    symbols = symbol_places(ends.shapes)
    try:
        return _traced(function, ends, variables, symbols)
    except ExportError:
        raise
    except (ValueError, TypeError, IndexError) as error:
        shared = _shared(symbols)
        if shared == symbols:
            raise _untraceable(error) from error
    try:
        return _traced(function, ends, variables, shared)
    except (ValueError, TypeError, IndexError) as error:
        raise error if isinstance(error, ExportError) else _untraceable(error) from error


def _untraceable(error: Exception) -> ExportError:
    return ExportError(f"The model cannot be traced for inputs of any size: {error}")


def symbol_places(shapes: Sequence[tuple[int | None, ...]]) -> dict[tuple[int, int], str]:
    """A symbol for each open size: n for the batch, of every input, and one for each other None."""
    found = {}
    for i, shape in enumerate(shapes):
        for axis, size in enumerate(shape):
            if size is None:
                found[i, axis] = BATCH if axis == 0 else f"t{len(set(found.values()) - {BATCH})}"
    return found


def _shared(symbols: dict[tuple[int, int], str]) -> dict[tuple[int, int], str]:
    """One symbol for the same axis of all inputs: where they must be equal for the model to run at all."""
    return {(i, axis): BATCH if axis == 0 else f"t{axis}" for i, axis in symbols}


def dtype_named(name: str) -> np.dtype:
    """NumPy's dtype of that name, strings of any length for "string"."""
    return np.dtype("U" if name == "string" else name)


def concrete(shape: Sequence[int | None], i: int, symbols: dict[tuple[int, int], str], sizes: Sizes) -> tuple[int, ...]:
    """The shape of input `i` where the symbols have these sizes."""
    return tuple(sizes[symbols[i, axis]] if size is None else size for axis, size in enumerate(shape))


def _traced(
    function: Callable[[Any], Any], ends: Ends, variables: Sequence[Any], symbols: dict[tuple[int, int], str]
) -> tuple[Program, Any]:
    samples = sample_sizes(list(dict.fromkeys(symbols.values())))
    weights = [Spec(tuple(v.shape), np.dtype(v.dtype)) for v in variables]
    graphs, structure = [], None
    for sizes in samples:
        shapes = [concrete(shape, i, symbols, sizes) for i, shape in enumerate(ends.shapes)]
        specs = [Spec(shape, dtype_named(dtype)) for shape, dtype in zip(shapes, ends.dtypes)]
        graph, structure = _graph(function, ends, variables, [*specs, *weights])
        graphs.append(graph)
    program = _unified(samples, graphs)
    count = len(ends.shapes)
    program.inputs, program.weights = program.inputs[:count], program.inputs[count:]
    for value, name in zip(program.inputs, ends.names):
        value.name = name
    for value, variable in zip(program.weights, variables):
        value.kind, value.name, value.array = WEIGHT, variable.path, np.array(engine.numpy(variable.value))
    program.axes = symbols
    return without_training(program), structure


def _graph(
    function: Callable[[Any], Any], ends: Ends, variables: Sequence[Any], specs: Sequence[Spec]
) -> tuple[Graph, Any]:
    """The graph whose inputs are those of the function, then the variables; and the structure of the outcome."""
    count = len(ends.shapes)
    written: list[Any] = []

    def body(*tracers: Any) -> Any:
        pairs = list(zip(variables, tracers[count:]))
        with StateScope(pairs) as scope:
            result = function(tree.pack_sequence_as(ends.structure, list(tracers[:count])))
        written.extend(variable for variable, tracer in pairs if scope[variable] is not tracer)
        return result

    graph, _, result = traced_graph(body, specs)
    if written:
        raise ExportError(
            f"The model changes {written[0].path!r} when it is called, and a file has no state that lasts from call to call. "
            "Build it with stateful=False, or without the layer that counts."
        )
    return graph, tree.map_structure(lambda x: None, result)


def _unified(samples: Sequence[Sizes], graphs: Sequence[Graph]) -> Program:
    """The program of the simplified graphs; of the graphs as they are where simplifying took other ways for other sizes."""
    try:
        return Unifier(samples).program([simplify(g) for g in graphs])
    except ExportError:
        return Unifier(samples).program(graphs)
