import threading

import numpy as np

from lamina.engines import native


def test_arithmetic_of_another_thread_stays_out_of_a_trace():
    """A data worker computes while the main thread traces: neither sees the other."""
    begin, finish = threading.Event(), threading.Event()
    found = {}

    def work():
        begin.wait(5)
        _, found["gradient"] = native.value_and_grad(lambda x: np.sum(x * x))(np.array([1.0, 2.0]))
        found["scan"] = native.scan(lambda c, x: (c + x, c), np.array(0.0), np.arange(4.0))[0]
        finish.set()

    thread = threading.Thread(target=work)
    thread.start()

    def traced(x):
        begin.set()
        assert finish.wait(5)
        return x * 2

    compiled = native.compile(traced)
    np.testing.assert_array_equal(compiled(np.ones(2)), [2, 2])
    thread.join()
    np.testing.assert_array_equal(found["gradient"], [2.0, 4.0])
    assert float(found["scan"]) == 6.0
    assert len(compiled.plans[0].graph.nodes) == 1
