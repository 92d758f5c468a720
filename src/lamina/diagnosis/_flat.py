"""`flat_of`: a graph as one list of operations, those of models within it among them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Flat:
    """A graph without models in it.

    Attributes: `operations`, in order, each once; `sources`, the operations that feed each, by its id; `last`, those that give
    the outputs; `inner`, the ids of those of models within, and `inner_ends`, of those that give the outputs of these.
    """

    operations: list[Any] = field(default_factory=list)
    sources: dict[int, list[Any]] = field(default_factory=dict)
    last: list[Any] = field(default_factory=list)
    inner: set[int] = field(default_factory=set)
    inner_ends: set[int] = field(default_factory=set)


def of_chain(layers: list[Any]) -> Flat:
    """Layers that are called one after the other, each on what the one before gives."""
    sources = {id(layer): before for layer, before in zip(layers, [[], *([layer] for layer in layers)])}
    return Flat(list(layers), sources, layers[-1:])


def graph_of(model: Any) -> Any:
    """The functional model that holds the graph of a model; None for one without, and for a layer."""
    inner = getattr(model, "_functional", None)
    found = inner if inner is not None else model
    return found if hasattr(found, "_operations") and hasattr(found, "_node_ids") else None


def flat_of(graph: Any) -> Flat:
    """The operations of a functional model."""
    flat = Flat()
    flat.last = [source for sources in _enter(graph, {}, flat) for source in sources]
    return flat


def _enter(graph: Any, given: dict[int, list[Any]], flat: Flat) -> list[list[Any]]:
    """Adds the operations of a graph. Returns for each of its outputs the operations that give it: several, where that is an
    input, and the graph is called more than once.

    Args:
        given: for the inputs of a graph within another, what feeds them there.
    """
    inner: dict[int, list[list[Any]]] = {}  # the outputs of models within, by the id of the model

    def sources(tensor: Any) -> list[Any]:
        operation, _, place = tensor._keras_history
        if id(operation) in given:
            return given[id(operation)]
        return inner[id(operation)][place] if id(operation) in inner else [operation]

    for operation in graph._operations:
        nodes = [node for node in operation._inbound_nodes if id(node) in graph._node_ids]
        if id(operation) in given:
            continue
        within = graph_of(operation)
        if within is not None:
            before = len(flat.operations)
            inner[id(operation)] = _enter(within, dict(_fed(within, nodes, sources)), flat)
            flat.inner.update(map(id, flat.operations[before:]))
            flat.inner_ends.update(id(end) for ends in inner[id(operation)] for end in ends)
            continue
        if id(operation) not in flat.sources:
            flat.operations.append(operation)
        flat.sources.setdefault(id(operation), []).extend(
            s for node in nodes for x in node.input_tensors for s in sources(x)
        )
    return [sources(x) for x in graph.outputs]


def _fed(graph: Any, nodes: list[Any], sources: Any) -> Iterator[tuple[int, list[Any]]]:
    """The id of each input of a graph, and what feeds it in the calls that the nodes stand for."""
    for place, x in enumerate(graph.inputs):
        # An input may be optional.
        given = [node.input_tensors[place] for node in nodes if place < len(node.input_tensors)]
        yield id(x._keras_history.operation), [source for tensor in given for source in sources(tensor)]
