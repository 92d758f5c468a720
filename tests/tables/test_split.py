import numpy as np
import pytest

from lamina.tables._errors import TableError
from lamina.tables._split import split_folds, split_rows, split_time


def test_parts_are_disjoint_complete_and_of_the_asked_size():
    parts = split_rows(100, 0.2, 0.25, 0)
    assert [len(p) for p in parts] == [60, 20, 20]
    assert np.sort(np.concatenate(parts)).tolist() == list(range(100))


def test_the_seed_fixes_the_draw():
    one, same, other = (split_rows(50, 0.2, 0.2, seed)[2].tolist() for seed in (1, 1, 2))
    assert one == same != other


def test_each_class_in_the_same_proportion():
    classes = np.repeat([0, 1, 2], [100, 50, 10])
    for part, share in zip(split_rows(160, 0.2, 0.25, 3, classes), (0.6, 0.2, 0.2)):
        np.testing.assert_allclose(np.bincount(classes[part]), np.array([100, 50, 10]) * share, atol=1)


@pytest.mark.parametrize("seed", range(20))
def test_every_class_is_learned(seed):
    classes = np.array([0] * 20 + [1] * 2 + [2])
    training, validation, test = split_rows(23, 0.3, 0.3, seed, classes)
    assert set(classes[training]) == {0, 1, 2}
    assert len(validation) and len(test)
    assert np.sort(np.concatenate([training, validation, test])).tolist() == list(range(23))


def test_too_few_rows():
    with pytest.raises(TableError, match="only 9 rows.*at least 10"):
        split_rows(9, 0.2, 0.2, 0)
    with pytest.raises(TableError, match="none for test"):
        split_rows(10, 0.01, 0.2, 0)


def test_groups_stay_together():
    groups = np.repeat(np.arange(30), [1 + i % 4 for i in range(30)])
    classes = groups % 2
    parts = split_rows(len(groups), 0.2, 0.2, 0, classes, groups)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(groups)))
    held = [set(groups[part].tolist()) for part in parts]
    assert not (held[0] & held[1] or held[0] & held[2] or held[1] & held[2])
    assert all(set(classes[part].tolist()) == {0, 1} for part in parts)
    with pytest.raises(TableError, match="only 3 different rows or groups"):
        split_rows(30, 0.2, 0.2, 0, None, np.repeat([1, 2, 3], 10))


def test_folds_test_every_row_once_and_keep_groups_together():
    groups = np.repeat(np.arange(20), 3)
    parts = split_folds(60, 4, 0.2, 0, np.repeat([0, 1], 30), groups)
    assert sorted(np.concatenate([test for _, _, test in parts]).tolist()) == list(range(60))
    for part in parts:
        assert sorted(np.concatenate(part).tolist()) == list(range(60)) and all(map(len, part))
        held = [set(groups[rows]) for rows in part]
        assert not held[0] & held[1] and not held[0] & held[2] and not held[1] & held[2]


def test_the_latest_rows_are_tested():
    moments = np.random.default_rng(0).permutation(50).astype(float)
    training, validation, test = split_time(moments, 0.2, 0.25)
    assert (len(training), len(validation), len(test)) == (30, 10, 10)
    assert moments[training].max() < moments[validation].min() and moments[validation].max() < moments[test].min()
    with pytest.raises(TableError, match="1 different moments"):
        split_time(np.ones(20), 0.2, 0.2)
