"""Estimates go by the program alone: bytes written, multiplications, calls."""

import numpy as np

from lamina.engines.native._graph import Spec
from lamina.engines.native._tracing import traced_graph
from lamina.engines.native.passes import _estimates

F = np.dtype("float32")


def nodes(fn, *shapes):
    graph, _, _ = traced_graph(fn, [Spec(shape, F) for shape in shapes])
    return graph.nodes


def test_what_is_written_and_multiplied():
    product = nodes(lambda a, b: a @ b, (30, 40), (40, 50))
    written, multiplied = 4 * 30 * 50, 30 * 40 * 50
    expected = written / _estimates.BYTES_A_SECOND + multiplied / _estimates.MULTIPLICATIONS_A_SECOND
    assert np.isclose(_estimates.seconds(product), expected)
    assert np.isclose(_estimates.seconds(product, lambda node: False), written / _estimates.BYTES_A_SECOND)


def test_views_cost_nothing():
    found = nodes(lambda a: a.reshape(6, 2).T + 1, (3, 4))
    assert _estimates.calls(found) == 1
    assert np.isclose(_estimates.seconds(found), 4 * 12 / _estimates.BYTES_A_SECOND)
