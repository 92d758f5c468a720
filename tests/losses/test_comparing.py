"""Losses of targets and predictions that do not fit each other name both shapes, on every engine."""

import inspect
import re

import numpy as np
import pytest

from lamina import losses, ops

Y_TRUE, Y_PRED = np.ones((4, 3), "float32"), np.full((4, 5), 0.5, "float32")
CLASSES = [n for n in losses.__all__ if isinstance(getattr(losses, n), type) and n != "Loss"]
FUNCTIONS = [
    n
    for n in losses.__all__
    if not isinstance(getattr(losses, n), type) and "y_true" in inspect.signature(getattr(losses, n)).parameters
]


@pytest.mark.parametrize("name", CLASSES)
def test_a_loss_names_both_shapes(name):
    with pytest.raises(ValueError, match=r"\(4, 3\).*\(4, 5\)|\(4, 5\).*\(4, 3\)") as error:
        getattr(losses, name)()(Y_TRUE, Y_PRED)
    assert re.match(r"[a-z_]+: ", str(error.value))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_names_both_shapes(name):
    function = getattr(losses, name)
    more = {"q": 0.5} if "generalized" in name else {}
    with pytest.raises(ValueError, match=rf"^{function.__name__}: .*(\(4, 3\).*\(4, 5\)|\(4, 5\).*\(4, 3\))"):
        function(Y_TRUE, Y_PRED, **more)


def test_width_is_hinted_at_where_it_is_the_cause():
    with pytest.raises(ValueError, match="Targets need the width of the output"):
        losses.mean_squared_error(Y_TRUE, Y_PRED)
    with pytest.raises(ValueError) as error:
        losses.mean_squared_error(Y_TRUE[:2], Y_PRED)
    assert str(error.value) == "mean_squared_error: y_true of shape (2, 3) does not fit y_pred of shape (4, 5)."


@pytest.mark.parametrize("shape", [(2, 3), (4, 2), (3,)])
def test_one_size_broadcasts_and_others_do_not(shape):
    one = tuple(1 if n == 2 else n for n in shape)
    losses.mean_squared_error(np.ones(one, "float32"), Y_TRUE)
    if shape != one:
        with pytest.raises(ValueError, match="does not fit"):
            losses.mean_squared_error(np.ones(shape, "float32"), Y_TRUE)


def test_shapes_that_broadcast_are_compared():
    assert losses.mean_squared_error(np.zeros((4, 1)), Y_PRED).shape == (4,)
    assert losses.mean_squared_error(np.zeros(4), np.zeros((4, 1), "float32")).shape == (4,)


def test_a_loss_of_ones_own_is_explained():
    class Own(losses.Loss):
        def call(self, y_true, y_pred):
            return ops.mean(y_true - y_pred, axis=-1)

    with pytest.raises(ValueError, match=r"mine: y_true of shape \(4, 3\) does not fit y_pred of shape \(4, 5\)"):
        Own(name="mine")(Y_TRUE, Y_PRED)


def test_other_errors_stay_as_they_are():
    class Own(losses.Loss):
        def call(self, y_true, y_pred):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        Own()(Y_PRED, Y_PRED)
    with pytest.raises(TypeError, match=r"mean_squared_error\(\) got an unexpected keyword argument 'y_tru'"):
        losses.mean_squared_error(y_tru=Y_PRED, y_pred=Y_PRED)
