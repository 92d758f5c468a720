"""When `fit` validates."""

import pytest

from lamina.training._validation import Validation


@pytest.mark.parametrize(
    "frequency, due", [(1, [0, 1, 2, 3, 4, 5]), (2, [1, 3, 5]), (4, [3]), ([1, 6], [0, 5]), ({2}, [1]), ([], [])]
)
def test_epochs_that_are_due(frequency, due):
    validation = Validation("data", None, frequency)
    assert [epoch for epoch in range(6) if validation.is_due(epoch)] == due


def test_without_data_never():
    assert not any(Validation(None, None, 1).is_due(epoch) for epoch in range(6))
