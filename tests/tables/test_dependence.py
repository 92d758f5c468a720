import numpy as np

from lamina.tables._columns import Column
from lamina.tables._dependence import can_vary, partial_dependence
from lamina.tables._evidence import Trial
from lamina.tables._table import Table
from lamina.tables._target import Target

NUMBER = Target("y", "number")
RNG = np.random.default_rng(0)
A = RNG.normal(size=(100, 1))
HUE = np.array([["red"]] * 60 + [["blue"]] * 30 + [["green"]] * 10)


def trial(answers, **inputs):
    columns = {name: values[:, 0] for name, values in inputs.items()}
    return Trial(Table("t", columns), answers(inputs), answers(inputs), inputs, answers)


def test_along_a_number():
    one = trial(lambda given: given["a"] ** 2 + given["b"], a=A, b=np.arange(100.0)[:, None])
    found = partial_dependence([one], NUMBER, Column("a", "numeric"))
    assert (np.diff(found.numbers) > 0).all() and A.min() < found.numbers[0] and found.numbers[-1] < A.max()
    np.testing.assert_allclose(found.mean[:, 0], found.numbers**2 + 49.5, rtol=1e-9)
    for line in (found.low, found.high):  # of a sum the column does the same in every row
        np.testing.assert_allclose(line[:, 0], found.mean[:, 0], rtol=1e-9)


def test_the_band_is_wide_where_columns_work_together():
    """Of a product a b each row's curve has the slope b: centred, the deciles are those of b times the distance."""
    b = np.linspace(1, 2, 101)[:, None]
    one = trial(lambda given: given["a"] * given["b"], a=np.linspace(-1, 1, 101)[:, None], b=b)
    found = partial_dependence([one], NUMBER, Column("a", "numeric"))
    distance = found.numbers - found.numbers.mean()
    middle = found.numbers.mean() * 1.5
    ends = np.sort(np.outer(distance, [1.1, 1.9]), axis=1) + middle
    np.testing.assert_allclose(np.hstack([found.low, found.high]), ends, atol=1e-9)


def test_among_levels_the_most_frequent_first():
    one = trial(lambda given: np.char.str_len(given["hue"]) * 1.0, hue=HUE)
    found = partial_dependence([one], NUMBER, Column("hue", "nominal"))
    assert found.levels == ["red", "blue", "green"] and found.numbers is None
    assert found.mean[:, 0].tolist() == [3, 4, 5]


def test_levels_of_an_order_stand_in_it():
    column = Column("hue", "ordinal", levels=["blue", "violet", "green", "red"])
    one = trial(lambda given: np.ones((len(given["hue"]), 1)), hue=HUE)
    assert partial_dependence([one], NUMBER, column).levels == ["blue", "green", "red"]


def test_two_classes_have_two_probabilities():
    one = trial(lambda given: 1 / (1 + np.exp(-given["a"])), a=A)
    found = partial_dependence([one], Target("y", "two classes", ["no", "yes"]), Column("a", "numeric"))
    np.testing.assert_allclose(found.mean.sum(axis=1), 1, rtol=1e-9)
    assert (np.diff(found.mean[:, 1]) > 0).all()


def test_gaps_are_no_points():
    one = trial(lambda given: np.nan_to_num(given["a"]), a=np.where(A > 0, np.nan, A))
    assert np.isfinite(partial_dependence([one], NUMBER, Column("a", "numeric")).numbers).all()


def test_texts_have_no_curve():
    assert can_vary(Column("a", "nominal")) and not can_vary(Column("a", "text"))
