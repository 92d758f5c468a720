"""Columns on disk give back what was written."""

import numpy as np

from lamina.tables._large._stored import StoredLevels, StoredNumbers, StoredTexts


def test_numbers(tmp_path):
    stored = StoredNumbers(str(tmp_path / "n"))
    stored.append(np.array([1.5, np.nan]))
    stored.append(np.arange(3.0))
    np.testing.assert_array_equal(stored.read(1, 3), np.array([np.nan, 0, 1], "float32"))
    assert stored.read(4, 10).tolist() == [2.0] and stored.read(0, 2).dtype == "float32"


def test_levels_outgrow_one_byte_and_two(tmp_path):
    rng = np.random.default_rng(0)
    texts = [np.array([f"v{i}" for i in part]) for part in np.split(rng.permutation(70_000), 7)]
    stored = StoredLevels(str(tmp_path / "l"))
    stored.append(np.array(["", "v1", ""]))
    for part in texts:
        stored.append(part)
    written = ["", "v1", "", *np.concatenate(texts).tolist()]
    assert stored.read(0, len(written)).tolist() == written
    assert stored.read(40_000, 3).tolist() == written[40_000:40_003]
    counts = dict(zip(stored.levels, stored.counts.tolist(), strict=True))
    assert counts[""] == 2 and counts["v1"] == 2 and counts["v2"] == 1 and len(counts) == 70_001


def test_texts(tmp_path):
    stored = StoredTexts(str(tmp_path / "t"))
    texts = ["to be", "", "나무 \ud800", "or not", "é" * 300]
    stored.append(np.array(texts[:3]))
    stored.append(np.array(texts[3:]))
    for first in range(5):
        for rows in (1, 2, 9):
            assert stored.read(first, rows).tolist() == texts[first : first + rows]
