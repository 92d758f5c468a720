"""Rows are divided evenly, for good, and equal rows together."""

import numpy as np

from lamina.tables._columns import Column
from lamina.tables._large._cache import LEFT
from lamina.tables._large._division import NOWHERE, TEST, TRAINING, VALIDATION, Division, divided


class Levels:
    levels = ["a", "b", "c"]

    def codes(self, first, rows):
        return np.arange(9000)[first : first + rows] % 3


class Rows:
    """Rows with keys, as a cache has them."""

    seed, group, stream, missing = 0, None, None, {"c": 0}

    def __init__(self, keys, moments=None):
        self.all, self.rows, self.when = keys.astype("uint32"), len(keys), moments
        self.used, self.levels = {"c": Column("c", "nominal")}, {"c": Levels()}

    def keys(self, first=0, rows=-1):
        return self.all[first:][: None if rows < 0 else rows]

    def moments(self, first=0, rows=-1):
        return self.when[first:][: None if rows < 0 else rows]


def test_shares():
    keys = np.random.default_rng(0).integers(0, 2**32 - 1, 9000)
    keys[:10] = LEFT
    division, caution = divided(Rows(keys), 0.2, 0.25, None)
    counts = division.counts()
    assert caution is None and counts[NOWHERE] == 10 and counts.sum() == 9000
    np.testing.assert_allclose(counts[[TRAINING, VALIDATION, TEST]] / 8990, [0.6, 0.2, 0.2], atol=0.02)
    parts = division.parts(0, 9000)
    np.testing.assert_array_equal(parts[100:200], division.parts(100, 100))
    np.testing.assert_array_equal(division.of(np.array([1, 50, 8999])), parts[[0, 49, 8998]])
    seen = division.seen()["c"]
    training = np.bincount(np.arange(9000)[parts == TRAINING] % 3)
    assert seen.levels == [Levels.levels[i] for i in np.argsort(-training)] and not seen.has_missing


def test_rows_that_repeat_too_often_are_told():
    keys = np.random.default_rng(0).choice([5, 2**31, 2**32 - 9], 9000)
    division, caution = divided(Rows(keys), 0.2, 0.25, None)
    assert "Rows repeat so often" in caution and division.by_row
    np.testing.assert_allclose(division.counts()[:3] / 9000, [0.6, 0.2, 0.2], atol=0.03)


def test_the_latest_are_tested():
    moments = np.random.default_rng(0).permutation(9000).astype("float64")
    division, _ = divided(Rows(np.arange(9000), moments), 0.2, 0.25, moments[::7])
    assert isinstance(division, Division)
    parts = division.parts(0, 9000)
    assert moments[parts == TRAINING].max() < moments[parts == VALIDATION].min()
    assert moments[parts == VALIDATION].max() < moments[parts == TEST].min()
    np.testing.assert_allclose(division.counts()[:3] / 9000, [0.6, 0.2, 0.2], atol=0.03)
