import numpy as np
import pytest

from lamina.engines import native
from lamina.engines.native._graph import Spec
from lamina.engines.native._tracing import traced_graph

rng = np.random.default_rng(0)


def test_scan_is_a_loop(both):
    xs = rng.standard_normal((5, 3))
    total = both(lambda x: native.scan(lambda c, r: (c + r, c * r), np.zeros(3), x)[1], xs)
    carry = np.concatenate([np.zeros((1, 3)), np.cumsum(xs, 0)[:-1]])
    np.testing.assert_allclose(total, carry * xs)


def test_scan_backwards_and_by_length(both):
    xs = rng.standard_normal((4, 2))
    last = both(lambda x: native.scan(lambda c, r: (2 * c + r, None), np.zeros(2), x, reverse=True)[0], xs)
    np.testing.assert_allclose(last, sum(xs[i] * 2.0**i for i in range(4)))
    assert float(both(lambda x: native.scan(lambda c, _: (c * 2, None), x, length=5)[0], np.array(1.0))) == 32


def test_scan_captures_outer_values_and_has_gradients():
    xs, w = rng.standard_normal((4, 2)), rng.standard_normal(2)
    loss = lambda x, w: np.sum(native.scan(lambda c, r: (np.tanh(c * w + r), c), np.zeros(2), x)[1])  # noqa: E731
    gradient = native.compile(native.value_and_grad(loss, (0, 1)))
    _, (gx, gw) = gradient(xs, w)
    _, (ex, ew) = native.value_and_grad(loss, (0, 1))(xs, w)
    np.testing.assert_allclose(gx, ex)
    np.testing.assert_allclose(gw, ew)
    assert np.abs(gw).max() > 0


def test_scan_needs_a_length():
    with pytest.raises(ValueError, match="number of steps"):
        native.scan(lambda c, x: (c, x), np.zeros(1))


def test_vectorized_map(both):
    x = rng.standard_normal((3, 2))
    np.testing.assert_allclose(
        both(lambda a: native.vectorized_map(lambda r: np.sum(r) * r, a), x), x * x.sum(1, keepdims=True)
    )


def test_the_flops_of_a_scan_are_those_of_its_steps():
    graph, _, _ = traced_graph(
        lambda x: native.scan(lambda c, r: (c @ r, None), np.ones((2, 3)), x)[0], [Spec((5, 3, 3), np.dtype("float64"))]
    )
    (call,) = [n for n in graph.nodes if n.primitive.name == "scan"]
    assert call.primitive.flops(call) == 5 * 2 * (2 * 3 * 3)
