"""The state of optimizers in old files: by slots, by weights, with placeholders, in the order of Keras 1."""

import itertools

import numpy as np
import pytest

from lamina import layers, models
from lamina.saving._legacy_optimizer import take_state


@pytest.fixture
def model():
    model = models.Sequential([layers.Input((3,)), layers.Dense(3, name="b"), layers.Dense(3, name="a")])
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    return model


def arrays(model, slots=2):
    rng = np.random.default_rng(0)
    return [np.array(5)] + [
        [rng.random(v.shape, "float32") for v in model.trainable_variables] for _ in range(slots)
    ]  # the step, then each slot's


def taken(model):
    return [[v.numpy() for v in own] for own in model.optimizer.slots.values() if all(v is not None for v in own)]


def same(found, wanted):
    for one, two in zip(itertools.chain(*found), itertools.chain(*wanted), strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("by_weight", [False, True])
def test_the_order_is_told_where_shapes_are_alike(model, by_weight):
    step, first, second = arrays(model)
    flat = [a for pair in zip(first, second) for a in pair] if by_weight else [*first, *second]
    assert take_state(model.optimizer, [step, *flat], by_weight=by_weight)
    assert model.optimizer.iterations.numpy() == 5
    same(taken(model), [first, second])


def test_placeholders_of_amsgrad_are_left_out(model):
    step, first, second = arrays(model)
    assert take_state(model.optimizer, [step, *first, *second, *[np.zeros(1)] * 4])
    same(taken(model), [first, second])


def test_weights_sorted_by_name_and_no_step(model):
    _, first, second = arrays(model)
    parts = [(name, v, 0) for name, v in zip(["b_W", "b_b", "a_W", "a_b"], model.trainable_variables)]
    order = [2, 3, 0, 1]
    flat = [own[place] for own in (first, second) for place in order]
    assert take_state(model.optimizer, flat, parts)
    same(taken(model), [first, second])


def test_another_state_is_left(model):
    step, first, second = arrays(model)
    before = taken(model)
    assert not take_state(model.optimizer, [step, *first])
    assert not take_state(model.optimizer, [step, *first, *[a[..., :1] for a in second]])
    same(taken(model), before)
