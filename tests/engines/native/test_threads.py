import threading

import pytest

from lamina import config
from lamina.engines.native import _threads


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


def test_nested_use_runs_in_the_calling_thread():
    done = []
    _threads.parallel(lambda part: _threads.parallel(done.append, [part, part * 10]), [1, 2])
    assert sorted(done) == [1, 2, 10, 20]


def test_number_of_threads_is_checked():
    assert config.num_threads() >= 1
    with pytest.raises(ValueError, match="n must be a positive integer; got 0"):
        config.set_num_threads(0)
