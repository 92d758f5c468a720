import numpy as np

from lamina.engines import native


def test_while_loop(both):
    fn = lambda n: native.while_loop(lambda i, s: i < n, lambda i, s: (i + 1, s + i), (np.array(0), np.array(0)))[1]  # noqa: E731
    assert int(both(fn, np.array(5))) == 10


def test_while_loop_stops_at_the_limit(both):
    fn = lambda x: native.while_loop(lambda v: v > 0, lambda v: v + 1, x, maximum_iterations=3)  # noqa: E731
    assert float(both(fn, np.array(1.0))) == 4
