"""Which elementwise calls become one loop in machine code, and what they keep in registers."""

import numpy as np
import pytest

from lamina.engines.native._graph import Spec
from lamina.engines.native._tracing import traced_graph
from lamina.engines.native.layout import Register, Shares, lay_out, verify_layout
from lamina.engines.native.passes import simplify


def placed(function, *shapes, donated=None, dtype="float32"):
    """The program, laid out for machine code, and its runs as lists of names."""
    graph, _, _ = traced_graph(function, [Spec(s, np.dtype(dtype)) for s in shapes])
    graph = simplify(graph)
    layout = lay_out(graph, donated or {}, None, True)
    verify_layout(layout)
    runs = [[n.primitive.name for n in graph.nodes[a : b + 1] if not layout.is_view(n)] for a, b in layout.blocks]
    return graph, layout, runs


def kept(graph, layout):
    return [n.primitive.name for n in graph.nodes for v in n.outputs if v in layout.registers]


def test_a_chain_is_one_loop_and_needs_no_memory_on_its_way():
    graph, layout, runs = placed(lambda x, b: np.exp(np.tanh(x + b) * 2.0), (8, 5), (5,))
    assert runs == [["add", "tanh", "multiply", "exp"]]
    assert kept(graph, layout) == ["add", "tanh", "multiply"]
    assert layout.arena_bytes == 192  # the result alone, 8 x 5 x 4 bytes in units of 64


def test_what_others_read_is_stored():
    def both(x):
        y = np.exp(x)
        return np.sum(y), y * 2.0

    graph, layout, runs = placed(both, (8, 5))
    assert runs == [["exp"], ["multiply"]]
    assert kept(graph, layout) == []


def test_results_of_the_program_are_stored():
    graph, layout, _ = placed(lambda x: (np.exp(x), np.exp(x) * 2.0), (4,))
    assert kept(graph, layout) == []


@pytest.mark.parametrize("elsewhere", [np.transpose, np.flip, lambda y: y[0], lambda y: y[:, ::-1]])
def test_what_is_read_at_another_place_is_finished_first(elsewhere):
    _, _, runs = placed(lambda x: (lambda y: y + elsewhere(y))(np.exp(x)), (4, 4))
    assert runs == [["exp"], ["add"]]


@pytest.mark.parametrize("elsewhere", [np.transpose, np.flip, lambda w: w[0]])
def test_state_is_not_written_while_it_is_read_at_another_place(elsewhere):
    def step(w, g):
        moved = elsewhere(w) * g
        return w - moved, np.sum(moved)

    graph, layout, runs = placed(step, (4, 4), (4, 4), donated={0: 0})
    new = graph.outputs[0]
    assert ["multiply", "subtract"] not in runs or layout.places[new] != Shares(graph.inputs[0])


def test_an_update_in_place_is_one_loop():
    def step(w, v, g):
        v = v * 0.9 + np.square(g) * 0.1
        return w - g / np.sqrt(v), v

    _, layout, runs = placed(step, (6, 4), (6, 4), (6, 4), donated={0: 0, 1: 1})
    assert runs == [["multiply", "square", "multiply", "add", "sqrt", "divide", "subtract"]]
    assert layout.written == {0, 1}
    assert layout.arena_bytes == 0
    assert sum(isinstance(p, Register) for p in layout.places.values()) == 5


def test_shapes_and_dtypes_part_the_runs():
    _, _, runs = placed(lambda x: np.exp(np.sum(np.exp(x), axis=1)), (4, 3))
    assert runs == [["exp"], ["exp"]]
    _, _, runs = placed(lambda x: np.exp(x), (4, 3), dtype="complex64")  # no dtype of machine code
    assert runs == []
    _, _, runs = placed(lambda x: np.exp(x), (0, 3))
    assert runs == []
