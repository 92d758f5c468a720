import numpy as np
import pytest

from lamina.engines import native


def test_while_loop(both):
    fn = lambda n: native.while_loop(lambda i, s: i < n, lambda i, s: (i + 1, s + i), (np.array(0), np.array(0)))[1]  # noqa: E731
    assert int(both(fn, np.array(5))) == 10


def test_while_loop_stops_at_the_limit(both):
    fn = lambda x: native.while_loop(lambda v: v > 0, lambda v: v + 1, x, maximum_iterations=3)  # noqa: E731
    assert float(both(fn, np.array(1.0))) == 4


def doubled(x):
    return native.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v * 2), (np.array(0), x))[1]


def test_a_gradient_through_a_compiled_loop_is_refused_and_not_zero():
    def gradient(fn):
        return native.value_and_grad(lambda x: np.sum(fn(x)))

    assert float(gradient(doubled)(np.array(1.0))[1]) == 8
    with pytest.raises(ValueError, match="while_loop has no reverse gradient .* ops.scan"):
        native.compile(gradient(doubled))(np.array(1.0))
    value, slope = native.compile(gradient(lambda x: native.stop_gradient(doubled(x)) * x))(np.array(1.5))
    assert (float(value), float(slope)) == (18, 12)
