"""Data sets in two."""

import random

import numpy as np
import pytest

from lamina.data import Dataset
from lamina.utils import split_dataset

X = np.arange(10)


def values(dataset):
    return [np.asarray(e).tolist() for e in dataset]


@pytest.mark.parametrize(
    "sizes, want", [((0.8, None), 8), ((None, 0.3), 7), ((6, None), 6), ((None, 4), 6), ((0.5, 0.5), 5), ((3, 0.7), 3)]
)
def test_sizes(sizes, want):
    left, right = split_dataset(X, *sizes)
    assert values(left) == list(range(want)) and values(right) == list(range(want, 10))
    assert len(left) == want and len(right) == 10 - want


def test_parts_that_leave_some_out():
    left, right = split_dataset(X, left_size=2, right_size=3)
    assert values(left) == [0, 1] and values(right) == [7, 8, 9]


def test_several_arrays_are_one_sample():
    left, _ = split_dataset((X, X[:, None] * 2), left_size=2)
    assert [(int(a), b.tolist()) for a, b in left] == [(0, [0]), (1, [2])]


@pytest.mark.parametrize("batch", [None, 3])
def test_a_data_set_of_ours(batch):
    data = Dataset.from_tensor_slices({"a": X})
    left, right = split_dataset(data if batch is None else data.batch(batch), left_size=0.7)
    want = [[0, 1, 2], [3, 4, 5], [6]] if batch else list(range(7))
    assert [np.asarray(e["a"]).tolist() for e in left] == want
    assert len(right) == (1 if batch else 3)


def test_shuffled_as_by_python():
    order = list(range(10))
    random.Random(3).shuffle(order)
    left, right = split_dataset(X, left_size=6, shuffle=True, seed=3)
    assert values(left) + values(right) == order


def test_a_data_set_of_torch():
    torch = pytest.importorskip("torch")
    left, _ = split_dataset(torch.utils.data.TensorDataset(torch.arange(10)), left_size=2)
    assert [int(x) for (x,) in left] == [0, 1]


@pytest.mark.parametrize(
    "sizes, error, message",
    [
        ((None, None), ValueError, "give left_size or right_size"),
        ((1.5, None), ValueError, "left_size must lie between 0 and 1 as a float, or 0 and 10"),
        ((10, None), ValueError, "left_size must lie between"),
        ((None, 0), ValueError, "right_size must lie between"),
        ((8, 5), ValueError, "make parts of 8 and 5; both must hold some"),
        ((0.01, None), ValueError, "make parts of 0 and 10"),
        (("a", None), TypeError, "left_size must be an int, a float or None; got 'a'"),
    ],
)
def test_bad_sizes(sizes, error, message):
    with pytest.raises(error, match=f"split_dataset: .*{message}"):
        split_dataset(X, *sizes)


def test_what_is_no_data():
    with pytest.raises(TypeError, match="expected a Dataset, arrays or a data set of PyTorch's; got int"):
        split_dataset(5, left_size=1)
    with pytest.raises(ValueError, match=r"arrays must be of one length; got \[10, 9\]"):
        split_dataset([X, X[1:]], left_size=1)
