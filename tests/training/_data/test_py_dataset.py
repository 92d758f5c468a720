import threading

import numpy as np
import pytest

from lamina.data._ahead import prefetch
from lamina.training._data._py_dataset import PyDataset, batches


class Squares(PyDataset):
    def __len__(self):
        return 6

    def __getitem__(self, i):
        return np.array([i * i])


@pytest.mark.parametrize("how", [{}, {"workers": 3}, {"workers": 2, "max_queue_size": 1}])
def test_batches_keep_their_order(how):
    assert [int(b[0]) for b in batches(Squares(**how), [3, 0, 5, 1])] == [9, 0, 25, 1]


def test_errors_of_workers_reach_the_caller():
    class Broken(Squares):
        def __getitem__(self, i):
            raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        list(batches(Broken(workers=2), range(3)))
    with pytest.raises(OSError, match="disk"):
        list(prefetch(Broken()[i] for i in range(3)))


def test_prefetch_stops_its_thread_when_left_early():
    before = threading.active_count()
    source = prefetch(iter(range(1000)))
    assert next(source) == 0
    source.close()
    assert threading.active_count() == before


def test_prefetch_gives_everything_in_order():
    assert list(prefetch(iter(range(50)))) == list(range(50))
