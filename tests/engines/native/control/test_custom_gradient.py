import numpy as np
import pytest

from lamina.engines import native


def test_custom_gradient_replaces_the_gradient():
    double = native.custom_gradient(lambda x: (x * x, lambda g: g * 100.0))
    _, gradient = native.value_and_grad(lambda x: np.sum(double(x)))(np.ones(2))
    np.testing.assert_array_equal(gradient, [100, 100])


def test_custom_gradient_must_give_one_for_each_argument():
    short = native.custom_gradient(lambda x, y: (x * y, lambda g: g))
    with pytest.raises(ValueError, match="gave 1 gradients for 2 arguments"):
        native.value_and_grad(lambda x: np.sum(short(x, x)))(np.ones(2))


def test_stop_gradient_makes_a_constant():
    _, gradient = native.value_and_grad(lambda x: np.sum(native.stop_gradient(x) * x))(np.array([2.0, 3.0]))
    np.testing.assert_array_equal(gradient, [2, 3])
