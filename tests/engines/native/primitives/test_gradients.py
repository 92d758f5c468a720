"""Every primitive's gradient against finite differences in float64, twice; and by its definition where those fail."""

import numpy as np
import pytest

from lamina.engines import native
from lamina.engines.native.primitives import _arithmetic


def numeric_gradient(f, arrays, i, step=1e-6):
    gradient = np.zeros_like(arrays[i])
    for place in np.ndindex(arrays[i].shape):
        ends = []
        for sign in (1, -1):
            moved = [a.copy() for a in arrays]
            moved[i][place] += sign * step
            ends.append(float(f(*moved)))
        gradient[place] = (ends[0] - ends[1]) / (2 * step)
    return gradient


def check(f, arrays, tolerance):
    numbers = tuple(range(len(arrays)))
    _, gradients = native.value_and_grad(f, numbers)(*arrays)
    _, compiled = native.compile(native.value_and_grad(f, numbers))(*arrays)
    for i, (g, c) in enumerate(zip(gradients, compiled)):
        expected = numeric_gradient(f, arrays, i)
        np.testing.assert_allclose(g, expected, rtol=tolerance, atol=tolerance)
        np.testing.assert_allclose(c, g, rtol=1e-9, atol=1e-12)


def weighted(f, arrays):
    """A scalar function of the arrays: the outputs summed with fixed weights."""
    weights = np.random.default_rng(3).standard_normal(np.shape(f(*arrays)))
    return lambda *a: np.sum(f(*a) * weights)


def test_gradient(differentiable, gradient_cases):
    for f, arrays in gradient_cases(differentiable):
        check(weighted(f, arrays), arrays, 2e-5)


def test_gradient_of_gradient(smooth, gradient_cases):
    f, arrays = gradient_cases(smooth)[0]
    first = weighted(f, arrays)
    numbers = tuple(range(len(arrays)))

    def second(*a):
        _, gradients = native.value_and_grad(first, numbers)(*a)
        return sum(np.sum(np.sin(g + i)) for i, g in enumerate(gradients))

    check(second, arrays, 2e-4)


@pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru"])
def test_a_gradient_of_a_gradient_that_is_not_defined_is_refused_in_words(name, refused):
    f, arrays = refused[name]
    gradient = native.value_and_grad(weighted(f, arrays))
    assert gradient(*arrays)[1].shape == arrays[0].shape
    with pytest.raises(TypeError, match="gradient of a gradient.*RNN"):
        native.value_and_grad(lambda *a: np.sum(gradient(*a)[1]))(*arrays)


def test_what_passes_no_gradient_is_a_constant():
    _, gradient = native.value_and_grad(lambda x: np.sum(np.floor(x) * x))(np.array([2.5, -1.5]))
    np.testing.assert_array_equal(gradient, [2.0, -2.0])


# --- by definition, where there are jumps and kinks -------------------------------------------------------------------

SIGNS = np.array([-3.5, -2.0, -0.5, 0.0, 0.5, 2.0, 3.5])
DIVISORS = np.array([-2.0, -1.5, 1.5, 2.0])


def gradients_of(f, a, b):
    """The gradients of each element of f(a, b), a and b spread out against each other."""
    a, b = (np.ascontiguousarray(x) for x in np.broadcast_arrays(a[:, None], b[None, :]))
    with np.errstate(all="ignore"):  # the other operand's gradient may not exist
        _, (ga, gb) = native.value_and_grad(lambda a, b: np.sum(f(a, b)), (0, 1))(a, b)
    return a, b, ga, gb


@pytest.mark.parametrize("function, rounding", [(np.mod, np.floor), (np.fmod, np.trunc)], ids=["mod", "fmod"])
def test_gradients_of_remainders_for_operands_of_both_signs_and_zero(function, rounding):
    a, b, ga, gb = gradients_of(function, SIGNS, DIVISORS)
    np.testing.assert_array_equal(ga, np.ones_like(a))
    np.testing.assert_array_equal(gb, -rounding(a / b))


def test_gradient_of_power_by_its_base_for_operands_of_both_signs_and_zero():
    a, b, ga, _ = gradients_of(_arithmetic.power, SIGNS, np.array([0.0, 1.0, 2.0, 3.0]))
    # 0 times what is infinite at a = 0 counts as 0: a**0 does not depend on a.
    np.testing.assert_allclose(ga, np.where(b == 0, 0, b * a ** np.maximum(b - 1, 0)), rtol=1e-12)
    a, b, ga, _ = gradients_of(_arithmetic.power, SIGNS[SIGNS != 0], np.array([-2.0, -1.0]))
    np.testing.assert_allclose(ga, b * a ** (b - 1), rtol=1e-12)


def test_gradient_of_power_by_its_exponent():
    a, b, _, gb = gradients_of(_arithmetic.power, SIGNS[SIGNS > 0], np.array([-1.5, 0.0, 0.5, 2.0]))
    np.testing.assert_allclose(gb, a**b * np.log(a), rtol=1e-12)
    _, _, _, gb = gradients_of(_arithmetic.power, np.zeros(1), np.array([1.0, 2.0]))
    np.testing.assert_array_equal(gb, np.zeros((1, 2)))  # the limit, where log(0) would give NaN


@pytest.mark.parametrize(
    "function, expected",
    [
        (np.abs, [-1, 0, 1]),
        (np.square, [-4, 0, 4]),
        (lambda x: np.maximum(x, 0.0), [0, 0, 1]),  # relu, whose gradient at zero is zero
        (lambda x: np.maximum(x, np.zeros(3)), [0, 0.5, 1]),  # half of it where the two are equal
        (lambda x: np.minimum(x, np.zeros(3)), [1, 0.5, 0]),
        (lambda x: np.clip(x, -2.0, 0.0), [1, 1, 0]),
        (lambda x: np.max(x), [0, 0, 1]),
        (lambda x: np.prod(x), [0, -4, 0]),
        (lambda x: np.cumprod(x), [1, -6, 0]),
    ],
)
def test_gradient_at_minus_two_zero_and_two(function, expected):
    _, gradient = native.value_and_grad(lambda x: np.sum(function(x)))(np.array([-2.0, 0.0, 2.0]))
    np.testing.assert_array_equal(gradient, expected)
