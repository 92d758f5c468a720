import numpy as np
import pytest

from lamina.engines.native._graph import Spec, verify
from lamina.engines.native._tracing import traced_graph
from lamina.engines.native.passes import simplify


def simplified(fn, *shapes):
    graph, _, _ = traced_graph(fn, [Spec(s, "float32") for s in shapes])
    result = simplify(graph)
    verify(result, "simplify")
    return [n.primitive.name for n in result.nodes]


@pytest.mark.parametrize(
    "fn, expected",
    [
        (lambda x: (np.exp(x), x + 1)[1], ["add"]),  # dead code
        (lambda x: np.exp(x) * np.exp(x), ["exp", "multiply"]),  # equal calls
        (lambda x: x * 1 + 0, []),
        (lambda x: x / 1 - 0, []),
        (lambda x: np.negative(np.negative(x)), []),
        (lambda x: x + (-np.exp(x)), ["exp", "subtract"]),
        (lambda x: np.reshape(np.reshape(x, (4, 3)), (12,)), ["reshape"]),
        (lambda x: np.transpose(np.transpose(x)), []),
        (lambda x: x * (np.sqrt(np.float32(4)) * 2), ["multiply"]),  # constants
        (lambda x: x + np.broadcast_to(np.sum(x), (3, 4)) * 2, ["sum", "multiply", "add"]),  # the scalar first
    ],
)
def test_rule(fn, expected):
    assert simplified(fn, (3, 4)) == expected
