"""Texts held by pyarrow are a sequence of str."""

import numpy as np
import pytest

from lamina.tables._large._chunk import Chunk, joined, taken
from lamina.tables._large._fields import Fields

pyarrow = pytest.importorskip("pyarrow")
TEXTS = ["b", "", "é", "b", "a"]


def test_a_sequence_of_texts():
    fields = Fields(pyarrow.array(TEXTS))
    assert len(fields) == 5 and fields[2] == "é" and fields[-1] == "a" and fields[1:3] == ["", "é"]
    assert list(fields) == fields.tolist() == TEXTS
    np.testing.assert_array_equal(np.array(fields, dtype=str), np.array(TEXTS))
    levels, codes = fields.coded()
    assert [levels[i] for i in codes.tolist()] == TEXTS and levels == ["b", "", "é", "a"]
    assert fields.among(["b", ""]).tolist() == [True, True, False, True, False]


def test_columns_are_taken_and_joined_as_they_are_held():
    rows = np.array([3, 0])
    held = [Fields(pyarrow.array(TEXTS)), TEXTS, np.arange(5.0)]
    for column, kind in zip(held, (Fields, list, np.ndarray), strict=True):
        some = taken(column, rows)
        assert isinstance(some, kind) and list(some) == [column[3], column[0]]
        both = joined([column, some])
        assert isinstance(both, kind) and list(both) == [*column, *some]
    assert joined(held) == [*TEXTS, *TEXTS, 0.0, 1.0, 2.0, 3.0, 4.0]
    assert len(Chunk(0, {"a": held[0]})) == 5 and len(Chunk(0, {})) == 0
