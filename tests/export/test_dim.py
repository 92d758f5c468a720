import pytest

from lamina.export._dim import Dim, fit_size, sample_sizes

N = ("n",)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (lambda n, t: 7, "7"),
        (lambda n, t: n, "n"),
        (lambda n, t: 3 * n * t + 2 * t - 5, "3 * n * t + 2 * t - 5"),
        (lambda n, t: n * t, "n * t"),
    ],
)
def test_sums_of_products_are_found(size, text):
    samples = sample_sizes(["n", "t"])
    found = fit_size([size(**s) for s in samples], samples)
    assert str(found) == text
    assert (found if isinstance(found, int) else found.at({"n": 101, "t": 13})) == size(101, 13)


@pytest.mark.parametrize("size", [lambda n: n // 2, lambda n: n * n, lambda n: n % 3, lambda n: max(n, 40)])
def test_others_are_not(size):
    samples = sample_sizes(["n"])
    assert fit_size([size(**s) for s in samples], samples) is None


def test_without_symbols_there_is_one_sample():
    assert sample_sizes([]) == [{}] and fit_size([5], [{}]) == 5


def test_the_value_of_a_size():
    assert Dim(((N, 2), ((), 1))).at({"n": 4}) == 9
