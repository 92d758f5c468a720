import numpy as np
import pytest

from lamina.engines.native._autodiff import value_and_grad
from lamina.engines.native._graph import Spec
from lamina.engines.native._tracing import traced_graph

RNG = np.random.default_rng(0)


def products(fn, *arrays):
    """The shapes of the products in a traced function."""
    graph, _, _ = traced_graph(fn, [Spec(a.shape, a.dtype) for a in arrays])
    return [tuple(v.shape for v in n.inputs) for n in graph.nodes if n.primitive.name == "matmul"]


@pytest.mark.parametrize("lead", [(4,), (2, 3), (0,), (3, 0)])
def test_a_stack_times_one_matrix_is_one_product(lead):
    a, b = RNG.normal(size=(*lead, 5, 6)), RNG.normal(size=(6, 7))
    ((left, right),) = products(np.matmul, a, b)
    assert (left, right) == ((int(np.prod(lead)) * 5, 6), (6, 7))
    assert products(np.matmul, a, np.broadcast_to(b, (*lead, 6, 7))) == [((*lead, 5, 6), (*lead, 6, 7))]


def test_its_gradients_are_one_product_each():
    a, b = RNG.normal(size=(4, 5, 6)), RNG.normal(size=(6, 7))
    gradients = value_and_grad(lambda pair: np.sum(np.sin(np.matmul(*pair))))
    shapes = products(lambda a, b: gradients((a, b)), a, b)
    assert sorted(shapes) == sorted([((20, 6), (6, 7)), ((20, 7), (7, 6)), ((6, 20), (20, 7))])
