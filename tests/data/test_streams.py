"""The state of a data set's shuffles: taken, and set in another one made alike, it gives the same elements to come."""

import pytest

from lamina.data import Dataset
from lamina.data._streams import get_streams, set_streams


def mapped_to(dataset):
    return Dataset.range(3).flat_map(lambda n: dataset)


MAKERS = {
    "shuffle": lambda: Dataset.range(20).shuffle(20),
    "in a chain": lambda: Dataset.range(20).shuffle(5).map(lambda n: n + 1).shuffle(9).batch(3),
    "without places": lambda: Dataset.range(20).filter(lambda n: n > 3).shuffle(7).prefetch(2),
    "side by side": lambda: Dataset.zip((Dataset.range(9).shuffle(9), Dataset.range(9).shuffle(4))).take(5),
    "one after the other": lambda: Dataset.range(9).shuffle(9).concatenate(Dataset.range(4).shuffle(2)),
    "made of elements": lambda: mapped_to(Dataset.range(5).shuffle(5)),
    "cached": lambda: Dataset.range(12).shuffle(12).cache().shuffle(4),
    "rows, cached": lambda: Dataset.from_tensor_slices(list(range(9))).shuffle(9).cache().batch(2),
    "repeated": lambda: Dataset.range(6).shuffle(6).repeat(2),
    "fixed": lambda: Dataset.range(9).shuffle(9, seed=3, reshuffle_each_iteration=False),
}


def elements(dataset):
    return [str(element) for element in dataset]


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize("uses", [0, 1, 3])
def test_iterations_go_on(make, uses):
    one, other = make(), make()
    for _ in range(uses):
        elements(one)
    set_streams(other, get_streams(one))
    for _ in range(2):
        assert elements(other) == elements(one)


def test_a_cache_that_was_not_read_to_its_end_is_empty():
    one, other = (Dataset.range(12).shuffle(12).cache() for _ in range(2))
    next(iter(one))
    set_streams(other, get_streams(one))
    assert elements(other) == elements(one)


def test_other_shuffles_are_an_error():
    with pytest.raises(ValueError, match="1 shuffles; the state holds 2"):
        set_streams(MAKERS["shuffle"](), get_streams(MAKERS["in a chain"]()))


def test_data_without_shuffles_has_none():
    assert get_streams(Dataset.range(3)) == get_streams([1, 2]) == get_streams(object()) == []
