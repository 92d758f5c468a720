"""How batches reach several devices, with a share that notes what it is given."""

import numpy as np
import pytest

from lamina import distribution, tree, utils
from lamina.distribution import DataParallel
from lamina.training import _sharing
from lamina.training._data import ArrayData, StreamData


class Half:
    """The share of the second of two processes."""

    parts = 2

    def rows(self, size):
        return slice(size // 2, size) if size % 2 == 0 else slice(None)

    def put(self, batch, size):
        return size, tree.flatten(batch)[0].tolist()

    def check(self, size, where):
        if size % 2:
            raise ValueError(f"{where}: {size} does not divide by 2")


class Batches(utils.PyDataset):
    def __init__(self, *sizes):
        super().__init__()
        self.ends = np.cumsum(sizes).tolist()
        self.sizes = sizes

    def __len__(self):
        return len(self.sizes)

    def __getitem__(self, i):
        return np.arange(self.ends[i] - self.sizes[i], self.ends[i], dtype="float32")


@pytest.fixture(autouse=True)
def spread():
    with DataParallel(devices=distribution.list_devices()[:1]).scope():
        yield


def taken(source, where="fit", epoch=0):
    return list(_sharing.shared_batches(Half(), source, epoch, None, 0, where))


def test_arrays_give_the_rows_of_this_process_alone():
    source = ArrayData(np.arange(7.0), batch_size=4)
    assert taken(source) == [(4, [2.0, 3.0]), (3, [4.0, 5.0, 6.0])]


def test_shuffled_arrays_are_cut_after_they_are_shuffled():
    source = ArrayData(np.arange(8.0), batch_size=4, shuffle=True, seed=5)
    order = source.order(3)
    assert taken(source, epoch=3) == [(4, order[2:4].tolist()), (4, order[6:8].tolist())]


def test_batches_are_cut_and_one_may_be_uneven():
    assert taken(StreamData(Batches(4, 3, 2))) == [(4, [2.0, 3.0]), (3, [4.0, 5.0, 6.0]), (2, [8.0])]
    with pytest.raises(ValueError, match="fit: 3 does not divide by 2"):
        taken(StreamData(Batches(3, 3)))
    assert len(taken(StreamData(Batches(3, 3)), "predict")) == 2


def test_sizes_of_arrays_are_checked_before_anything_runs():
    _sharing.check_batches(Half(), ArrayData(np.arange(7.0), batch_size=7), "fit")  # one batch, the last
    with pytest.raises(ValueError, match="fit: 3 does not divide by 2"):
        _sharing.check_batches(Half(), ArrayData(np.arange(7.0), batch_size=3), "fit")


def test_eager_steps_are_for_one_process(monkeypatch):
    _sharing.refuse_eager()
    monkeypatch.setattr(_sharing.distribution, "num_processes", lambda: 2)
    with pytest.raises(RuntimeError, match="run_eagerly=True is for one process"):
        _sharing.refuse_eager()


def test_data_of_unknown_length_that_processes_bring_themselves_is_refused(monkeypatch):
    monkeypatch.setattr(_sharing.distribution, "num_processes", lambda: 2)
    distribution.distribution().auto_shard_dataset = False
    source = StreamData(iter([np.zeros(2)]))
    with pytest.raises(ValueError, match="it is not known how many batches they are.* steps_per_epoch"):
        _sharing.check_alike(None, source, None, None)
