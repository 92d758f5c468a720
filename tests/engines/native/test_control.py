import numpy as np
import pytest

from lamina.engines import native

rng = np.random.default_rng(0)


def both(fn, *args):
    """The result on arrays, checked to be the compiled one."""
    eager, compiled = fn(*args), native.compile(fn)(*args)
    np.testing.assert_allclose(compiled, eager, rtol=1e-12, atol=1e-12)
    return eager


def test_scan_is_a_loop():
    xs = rng.standard_normal((5, 3))
    total = both(lambda x: native.scan(lambda c, r: (c + r, c * r), np.zeros(3), x)[1], xs)
    carry = np.concatenate([np.zeros((1, 3)), np.cumsum(xs, 0)[:-1]])
    np.testing.assert_allclose(total, carry * xs)


def test_scan_backwards_and_by_length():
    xs = rng.standard_normal((4, 2))
    last = both(lambda x: native.scan(lambda c, r: (2 * c + r, None), np.zeros(2), x, reverse=True)[0], xs)
    np.testing.assert_allclose(last, sum(xs[i] * 2.0**i for i in range(4)))
    assert float(both(lambda x: native.scan(lambda c, _: (c * 2, None), x, length=5)[0], np.array(1.0))) == 32


def test_scan_captures_outer_values_and_has_gradients():
    xs, w = rng.standard_normal((4, 2)), rng.standard_normal(2)
    loss = lambda x, w: np.sum(native.scan(lambda c, r: (np.tanh(c * w + r), c), np.zeros(2), x)[1])  # noqa: E731
    gradient = native.compile(native.value_and_grad(loss, (0, 1)))
    _, (gx, gw) = gradient(xs, w)
    _, (ex, ew) = native.value_and_grad(loss, (0, 1))(xs, w)
    np.testing.assert_allclose(gx, ex)
    np.testing.assert_allclose(gw, ew)
    assert np.abs(gw).max() > 0


def test_scan_needs_a_length():
    with pytest.raises(ValueError, match="number of steps"):
        native.scan(lambda c, x: (c, x), np.zeros(1))


def test_while_loop():
    fn = lambda n: native.while_loop(lambda i, s: i < n, lambda i, s: (i + 1, s + i), (np.array(0), np.array(0)))[1]  # noqa: E731
    assert int(both(fn, np.array(5))) == 10


def test_while_loop_stops_at_the_limit():
    fn = lambda x: native.while_loop(lambda v: v > 0, lambda v: v + 1, x, maximum_iterations=3)  # noqa: E731
    assert float(both(fn, np.array(1.0))) == 4


@pytest.mark.parametrize("value, expected", [(2.0, 4.0), (-2.0, 8.0)])
def test_cond_takes_one_branch(value, expected):
    assert float(both(lambda x: native.cond(x > 0, lambda: x * 2, lambda: x * -4), np.array(value))) == expected


def test_cond_branches_must_agree():
    with pytest.raises(TypeError, match="equal shapes"):
        native.compile(lambda x: native.cond(np.sum(x) > 0, lambda: x, lambda: np.sum(x)))(np.ones(3))


def test_vectorized_map():
    x = rng.standard_normal((3, 2))
    np.testing.assert_allclose(
        both(lambda a: native.vectorized_map(lambda r: np.sum(r) * r, a), x), x * x.sum(1, keepdims=True)
    )


def test_custom_gradient_replaces_the_gradient():
    double = native.custom_gradient(lambda x: (x * x, lambda g: g * 100.0))
    _, gradient = native.value_and_grad(lambda x: np.sum(double(x)))(np.ones(2))
    np.testing.assert_array_equal(gradient, [100, 100])
