import pytest

from lamina.tables._errors import TableError
from lamina.tables._settings import EFFORTS, FitSettings


@pytest.mark.parametrize(
    ("effort", "rows", "folds"),
    [
        ("normal", 200, 8), ("normal", 2500, 8), ("normal", 4000, 5), ("normal", 10_000, 3), ("normal", 10_001, 0),
        ("best", 100, 10), ("best", 5000, 5), ("best", 10_000, 3), ("quick", 100, 3), ("quick", 10_000, 3),
    ],
)  # fmt: skip
def test_the_larger_the_table_the_fewer_the_folds(effort, rows, folds):
    assert FitSettings("y", effort=effort).folds_for(rows) == folds


@pytest.mark.parametrize(("options", "folds"), [({"folds": 4}, 4), ({"test_size": 0.3}, 0), ({"time": "day"}, 0)])
def test_what_is_asked_for_decides(options, folds):
    assert FitSettings("y", **options).folds_for(1000) == folds


def test_the_share_of_the_validation_rows():
    assert [FitSettings("y").validation_share(in_folds) for in_folds in (True, False)] == [0.1, 0.2]
    assert [FitSettings("y", val_size=0.3).validation_share(in_folds) for in_folds in (True, False)] == [0.3, 0.3]


@pytest.mark.parametrize("effort", EFFORTS)
def test_the_networks_of_an_effort_differ(effort):
    candidates = EFFORTS[effort].candidates
    assert len(set(candidates)) == len(candidates)


@pytest.mark.parametrize(
    "options",
    [
        {"folds": 3, "test_size": 0.2},
        {"folds": 3, "time": "day"},
        {"folds": 3, "test": "t.csv"},
        {"test": "t.csv", "test_size": 0.2},
        {"time": "day", "test": "t.csv"},
        {"time": "day", "group": "patient"},
    ],
)
def test_what_says_different_things_about_the_tested_rows(options):
    with pytest.raises(TableError) as refused:
        FitSettings("y", **options)
    assert all(f"--{name.replace('_', '-')}" in str(refused.value) for name in options)
    FitSettings("y", folds=0, test_size=0.2)
    FitSettings("y", time="day", test_size=0.2)
