"""Many steps in one call: the numbers of steps one by one, whatever the threads, and no thread that waits for ever."""

import multiprocessing
import threading

import numpy as np
import pytest

import lamina
from lamina import layers
from lamina.engines import native
from lamina.engines.native import _threads
from lamina.engines.native._peaks import threads_set_to
from lamina.engines.native.machine import _steps

pytestmark = pytest.mark.usefixtures("with_machine_code")
rng = np.random.default_rng(0)
X, W = (rng.normal(size=s).astype("float32") * 0.05 for s in ((300, 1000), (1000, 700)))
ROWS = rng.permutation(300).reshape(-1, 100).astype(np.int64)


def step(w, x, rows):
    """Rows, two products and a long loop that threads share, and what one does alone."""
    y = np.tanh(np.matmul(native.nn.take_rows(x, rows), w))
    g = np.matmul(np.transpose(native.nn.take_rows(x, rows)), y)
    return w - np.float32(0.01) * g, np.sum(y, axis=1), np.max(g)


def run(threads, rows=ROWS, collect=False):
    with threads_set_to(threads):
        compiled = native.compile(step, donate=(0,), resident=(1,))
        new, *logs = compiled.loop(W.copy(), X, rows=rows, collect=collect)
    return compiled, [np.array(new), *map(np.array, logs)]


def one_by_one(monkeypatch, threads, collect):
    with monkeypatch.context() as without:
        without.setattr(_steps.Steps, "takes", lambda self, rows: False)
        return run(threads, collect=collect)[1]


def test_the_program_is_whole_and_shared_out():
    compiled, _ = run(2)
    (plan,) = compiled.plans
    lengths = [r.length for r in plan.program.runs.values()]
    assert plan.program.is_whole
    assert sum(n is not None for n in lengths) >= 4  # the rows taken, two products, the update


@pytest.mark.parametrize("collect", [False, True])
@pytest.mark.parametrize("threads", [1, 2, 3, 5])
def test_the_same_bits_as_steps_one_by_one(threads, collect, monkeypatch):
    expected = one_by_one(monkeypatch, 1, collect)
    for mine, theirs in zip(run(threads, collect=collect)[1], expected, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_results_of_every_step_are_kept():
    _, (_, sums, most) = run(2, collect=True)
    assert sums.shape == (3, 100)
    assert most.shape == (3,)
    assert len(np.unique(most)) == 3


def test_rows_that_do_not_lie_so_are_taken_one_by_one():
    spread = np.repeat(ROWS, 2, axis=1)[:, ::2]
    for mine, theirs in zip(run(2, rows=spread)[1], run(2)[1], strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_a_thread_that_is_left_alone_goes():
    left = threading.Event()
    seen = []

    def function(k, n):
        if k == 0:
            raise KeyboardInterrupt
        seen.append(left.wait(20))

    with pytest.raises(KeyboardInterrupt), threads_set_to(2):
        _threads.together(function, left.set, 2)
    assert seen == [True]


def test_a_meeting_ends_when_somebody_has_left(monkeypatch):
    """The first thread never enters: the second, which waits for it in machine code, comes back all the same."""
    original = _threads.together

    def together(enter, leave, threads):
        def function(k, n):
            if k == 0:
                raise KeyboardInterrupt
            enter(k, n)

        original(function, leave, threads)

    monkeypatch.setattr(_steps, "together", together)
    with pytest.raises(KeyboardInterrupt):
        run(2)


def test_it_is_alone_where_the_pool_is_in_use():
    met = []
    with threads_set_to(2):
        _threads.parallel(lambda _: _threads.together(lambda k, n: met.append((k, n)), lambda: None, 2), [0, 1])
    assert met == [(0, 1)] * 2


def _in_child(queue):
    queue.put([a.tobytes() for a in run(2)[1]])


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_after_a_fork_has_threads_of_its_own():
    expected = [a.tobytes() for a in run(2)[1]]
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_in_child, args=(queue,))
    child.start()
    assert queue.get(timeout=60) == expected
    child.join(20)


def test_a_perceptron_is_run_whole_and_a_convnet_in_tiles():
    def graph_of(*stack, shape):
        model = lamina.Sequential([lamina.Input(shape), *stack, layers.Flatten(), layers.Dense(3)])
        model.compile("sgd", "mse")
        x = np.zeros((128, *shape), "float32")
        model.fit(x, np.zeros((128, 3), "float32"), batch_size=64, verbose=0)
        (plan,) = model._steps["train"][1]._on_places.plans
        return plan

    dense = graph_of(layers.Dense(256), layers.BatchNormalization(), layers.Dense(256), shape=(256,))
    assert not dense.stages
    assert dense.program.is_whole
    assert graph_of(layers.Conv2D(32, 3), layers.MaxPooling2D(), layers.Conv2D(32, 3), shape=(20, 20, 8)).stages
