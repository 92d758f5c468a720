import numpy as np
import pytest

from lamina.engines.native.layout import CHUNK
from lamina.engines.native.layout._blocks import find_blocks, find_scratch

LONG = (4 * CHUNK,)


def blocks(p):
    return find_blocks(p.graph, p.views)


def test_calls_on_long_arrays_make_a_block(program):
    p = program(lambda a, b: np.sum(np.tanh(np.exp(a) + b) * 2), LONG, LONG)
    assert [n.primitive.name for n in p.graph.nodes] == ["exp", "add", "tanh", "multiply", "sum"]
    assert blocks(p) == [(0, 3)]


@pytest.mark.parametrize(
    "function, expected",
    [
        (lambda a: np.exp(a[:-1]) * 2, []),  # too short
        (lambda a: np.exp(a), []),  # a single call
        (lambda a: np.tanh(np.exp(a) + np.sum(a)), [(2, 3)]),  # a number may take part
        (lambda a: np.exp(np.tanh(np.reshape(np.sin(np.exp(a)), (2, -1)))), [(0, 4)]),  # a view may stand between
        (lambda a: np.exp(np.tanh(np.cumsum(np.sin(np.exp(a)), axis=0))), [(0, 1), (3, 4)]),
        (lambda a: np.tanh(np.exp(np.transpose(np.reshape(a, (2, -1))))), []),  # not in order
        (lambda a: np.exp(np.sin(a)) + np.exp(np.sin(a[:1])), [(0, 1)]),  # operands broadcast
    ],
)
def test_runs(function, expected, program):
    p = program(function, LONG)
    found = [(a, b) for a, b in blocks(p)]
    names = [n.primitive.name for n in p.graph.nodes]
    assert found == expected, names


def test_what_stays_inside_a_block_needs_a_piece_only(program):
    p = program(lambda a, b: [np.exp(a) + np.sin(b), np.cos(b)], LONG, LONG)
    scratch = find_scratch(p.graph, blocks(p), p.views, p.sharing)
    # The sum is written over one of its operands, which is therefore a result of the program.
    assert scratch == {p.value("sin")}


def test_a_view_would_show_the_whole(program):
    p = program(lambda a: np.sum(np.reshape(e := np.exp(a), (2, -1))[0]) + np.sum(np.sin(e * 2)), LONG)
    assert p.value("exp") not in find_scratch(p.graph, blocks(p), p.views, p.sharing)
