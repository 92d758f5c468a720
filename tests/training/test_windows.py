"""Windows of data that is read once."""

import numpy as np
import pytest

from lamina import tree
from lamina.training._windows import joined, windows


def rows_of(samples, size, counts=True):
    batches = -(-samples // size)
    places = np.minimum(np.arange(batches * size), samples - 1).reshape(batches, size)
    if not counts:
        return places
    taken = np.full(batches, size, np.int32)
    taken[-1] = samples - (batches - 1) * size
    return places, taken


@pytest.mark.parametrize("samples", [1, 5, 16, 64, 65, 256, 300])
def test_the_rows_of_windows_are_those_of_the_data(samples):
    data = ({"a": np.arange(samples * 3).reshape(samples, 3), "b": None}, np.arange(samples))
    rows = rows_of(samples, 4)
    seen = []
    for arrays, (own, counts), number in windows(data, rows, 0, len(rows[0])):
        assert arrays[0]["b"] is None
        assert {len(a) for a in tree.flatten(arrays) if a is not None} == {4 if len(rows[0]) == 1 else 64}
        for places, count in zip(own[:number], counts):
            np.testing.assert_array_equal(arrays[0]["a"][places[:count]], data[0]["a"][arrays[1][places[:count]]])
            seen.extend(arrays[1][places[:count]])
    assert seen == list(range(samples))


def test_some_batches_alone():
    x = np.arange(400)
    found = list(windows(x, rows_of(400, 4, counts=False), 20, 41))
    assert [number for _, _, number in found] == [16, 5]
    assert found[0][0][0] == 80
    assert found[1][0][0] == 144
    assert found[0][1] is found[1][1]  # so that they are brought to the device once


def test_whole_windows_are_no_copies():
    x = np.arange(400)
    (first, _, _), (last, _, _) = list(windows(x, rows_of(130, 4, counts=False), 0, 32))
    assert np.shares_memory(first, x)
    assert np.shares_memory(last, x)


def test_joined_batches_are_those_of_the_data():
    x = np.arange(1, 71)
    found = list(joined({"a": x, "b": None}, 4, 8, 18, 4))  # samples 32 ... 72
    assert [len(window["a"]) for window in found] == [16, 16, 16] and found[0]["b"] is None
    np.testing.assert_array_equal(np.concatenate([window["a"] for window in found]), [*x[32:], *[0] * 10])
    assert np.shares_memory(found[0]["a"], x)
