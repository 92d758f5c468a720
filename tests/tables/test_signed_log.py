import numpy as np
import pytest

from lamina.tables._signed_log import SignedLog, signed_log_for, skewness
from lamina.tables._target import Target

LONG = np.exp(np.random.default_rng(0).normal(5, 1.5, 500))


def test_skewness_by_its_definition():
    numbers = np.array([1.0, 2.0, 9.0])
    rest = numbers - 4
    assert skewness(numbers) == pytest.approx(np.mean(rest**3) / np.mean(rest**2) ** 1.5)
    assert skewness(np.ones(3)) == 0


@pytest.mark.parametrize("numbers", [LONG, -LONG, np.concatenate([LONG, -LONG[:50]]), np.floor(LONG)])
def test_there_and_back(numbers):
    log = signed_log_for(numbers)
    scaled = log.apply(numbers)
    assert scaled.mean() == pytest.approx(0, abs=1e-9) and scaled.std() == pytest.approx(1)
    assert abs(skewness(scaled)) < abs(skewness(numbers)) / 2
    np.testing.assert_allclose(np.asarray(log.undo(scaled)), numbers, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize(
    "numbers", [np.arange(100.0), np.random.default_rng(0).normal(0, 1, 300), np.zeros(5), np.append(np.zeros(99), 1.0)]
)
def test_numbers_that_have_no_use_for_it(numbers):
    assert signed_log_for(numbers) is None


def test_answers_do_not_run_away():
    log = signed_log_for(LONG)
    high = np.asarray(log.undo(np.array([50.0, 1e9])))
    assert high[0] == high[1] and LONG.max() < high[0] < 5 * LONG.max()


def test_the_factor_makes_the_mean_right():
    """Of exp(m + e), e normal with deviation s, the mean is exp(m + s²/2), the median exp(m)."""
    e = np.random.default_rng(1).normal(0, 0.7, 200_000)
    log = SignedLog(1e-6, 0.0, 1.0, -1e3, 1e3)
    middle = log.apply(np.full(e.shape, np.exp(2.0)))
    assert log.factor(np.exp(2 + e), middle) == pytest.approx(np.exp(0.7**2 / 2), rel=0.01)
    assert log.factor(np.exp(2 + 5 * e), middle) == 2.0  # at most


def test_a_target_comes_back_from_its_file():
    target = Target("y", "number", log=SignedLog(3.0, 1.0, 2.0, -4.0, 4.0))
    assert Target(**target.to_json()) == target
    assert "logarithmic scale" in " ".join(target.reasons())
