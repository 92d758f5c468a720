import signal
import sys
import threading

import numpy as np
import pytest

import lamina
from lamina import config
from lamina.engines import native
from lamina.engines.native import _threads
from lamina.engines.native._peaks import threads_set_to


def test_every_part_is_done_once_and_by_different_threads():
    done = []
    meet = threading.Barrier(3, timeout=5)

    def work(part):
        meet.wait()  # passes only if three threads are at work together
        done.append(part)

    _threads.parallel(work, [1, 2, 3])
    assert sorted(done) == [1, 2, 3]


def test_errors_of_workers_are_raised_and_the_pool_goes_on():
    def work(part):
        if part == 2:
            raise OSError("broken")

    for _ in range(2):
        with pytest.raises(OSError, match="broken"):
            _threads.parallel(work, [1, 2])
    _threads.parallel(lambda part: None, [1, 2])


def test_an_interrupt_waits_for_the_others(monkeypatch):
    """Ctrl-C while another thread is still at work: what that leaves behind must not be taken for the next call's."""
    _threads.parallel(lambda part: None, [1, 2])
    (worker, *_), done = _threads._workers, []

    class Interrupted:
        def __init__(self, queue):
            self.queue, self.times = queue, 0

        def get(self):
            self.times += 1
            if self.times == 1:
                raise KeyboardInterrupt
            return self.queue.get()

        def put(self, item):
            self.queue.put(item)

    with monkeypatch.context() as patched:
        patched.setattr(worker, "results", Interrupted(worker.results))
        with pytest.raises(KeyboardInterrupt):
            _threads.parallel(done.append, [1, 2])
    assert sorted(done) == [1, 2]
    assert worker.results.empty()


def test_an_interrupt_between_two_of_the_pools_steps_is_put_off():
    """Ctrl-C after any instruction of the pool: every part is done, and the next call finds the pool free and empty."""

    def interrupted_at(count):
        """Runs the pool and sends SIGINT at the nth line of `_threads` that this thread comes to; whether there is one."""
        seen, done = 0, []

        def trace(frame, event, argument):
            nonlocal seen
            if frame.f_code.co_filename != _threads.__file__:
                return None
            seen += 1
            if seen == count:
                signal.raise_signal(signal.SIGINT)
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            _threads.parallel(done.append, [1, 2, 3])
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(before)
        assert not _threads._busy.locked()
        return seen >= count, sorted(done)

    _threads.parallel(lambda part: None, [1, 2, 3])
    count, more = 1, True
    while more:
        more, done = interrupted_at(count)
        assert done in ([], [1, 2, 3])  # not begun, or ended
        assert all(worker.results.empty() and worker.calls.empty() for worker in _threads._workers)
        count += 1
    assert count > 15
    assert done == [1, 2, 3]


def test_nested_use_runs_in_the_calling_thread():
    done = []
    _threads.parallel(lambda part: _threads.parallel(done.append, [part, part * 10]), [1, 2])
    assert sorted(done) == [1, 2, 10, 20]


def test_number_of_threads_is_checked():
    assert config.num_threads() >= 1
    with pytest.raises(ValueError, match="n must be a positive integer; got 0"):
        config.set_num_threads(0)


@pytest.mark.parametrize("count, each", [(10, 1), (10, 1 << 30), (7, _threads.TILE_BYTES // 3)])
def test_tiles_cover_everything_in_order_whatever_the_threads(count, each):
    spans = [_with_threads(n, lambda: _threads.over_tiles(lambda a, b: (a, b), count, each)) for n in (1, 2, 5)]
    assert spans[0] == spans[1] == spans[2]
    assert [i for a, b in spans[0] for i in range(a, b)] == list(range(count))


def test_training_does_not_depend_on_the_number_of_threads():
    def weights():
        lamina.utils.set_random_seed(1)
        model = lamina.Sequential(
            [
                lamina.Input((8, 8, 3)),
                lamina.layers.Conv2D(8, 3, activation="relu"),
                lamina.layers.MaxPooling2D(),
                lamina.layers.Flatten(),
                lamina.layers.Dense(300, activation="relu"),
                lamina.layers.Dense(2),
            ]
        )
        model.compile("adam", "mse")
        rng = np.random.default_rng(0)
        model.fit(rng.random((256, 8, 8, 3)), rng.random((256, 2)), batch_size=128, epochs=2, verbose=0)
        return model.get_weights()

    for one, many in zip(_with_threads(1, weights), _with_threads(3, weights)):
        np.testing.assert_array_equal(one, many)


@pytest.mark.parametrize("block", [_threads.one_blas_thread, native.quiet()])
def test_blas_has_its_threads_back_afterwards(block):
    import threadpoolctl

    def blas():
        found = [p for p in threadpoolctl.threadpool_info() if p["user_api"] == "blas"]
        return [p["num_threads"] for p in found if _threads.is_of_numpy(p["filepath"])] or [
            p["num_threads"] for p in found
        ]

    with threads_set_to(2):
        before = blas()
        with block:
            assert all(n == 1 for n in blas())
        assert blas() == before


def _with_threads(n, call):
    before = _threads.num_threads()
    _threads.set_num_threads(n)
    try:
        return call()
    finally:
        _threads.set_num_threads(before)
