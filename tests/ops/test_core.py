"""Conversions, control flow, and functions on functions."""

import numpy as np
import pytest

from lamina import ops
from lamina.engines import engine


class Box:
    """Something that holds a tensor, as a Variable does."""

    def __init__(self, value):
        self.value = ops.convert_to_tensor(value)

    shape = property(lambda self: self.value.shape)
    dtype = property(lambda self: ops.dtype(self.value))

    def __tensor__(self):
        return self.value


def test_convert_to_tensor():
    x = ops.convert_to_tensor([[1, 2], [3, 4]])
    assert ops.dtype(x) == "int32" and ops.is_tensor(x) and ops.convert_to_tensor(x) is x
    assert ops.dtype(ops.convert_to_tensor(Box([1.0]))) == "float32"
    assert ops.convert_to_tensor([Box(1.0), 2]).tolist() == [1.0, 2.0]
    assert ops.dtype(ops.convert_to_tensor(3, "float16")) == "float16"
    assert ops.dtype(ops.convert_to_tensor([2**40])) == "int64"
    assert type(ops.convert_to_numpy(x)) is np.ndarray


@pytest.mark.native_only("torch's tensors have a numpy() of their own, a view")
def test_numpy_is_a_copy():
    x = ops.convert_to_tensor([[1, 2], [3, 4]])
    plain = x.numpy()
    plain[0, 0] = 9
    assert x[0, 0] == 1


@pytest.mark.parametrize("bad", [None, [[1, 2], [3]], object(), [object()]])
def test_what_is_no_tensor_is_refused(bad):
    with pytest.raises(ValueError):
        ops.convert_to_tensor(bad)


def test_questions():
    k = ops.KerasTensor((None, 3), "float16")
    assert ops.shape(k) == (None, 3) and ops.ndim(k) == 2 and ops.dtype(k) == "float16" and ops.size(k) is None
    assert (
        ops.shape(np.ones((2, 3))) == (2, 3)
        and ops.size([[1, 2]]) == 2
        and ops.dtype([1]) == "int32"
        and ops.ndim(3.0) == 0
    )
    assert not ops.is_tensor(k) and not ops.is_tensor([1.0])


def test_variables_stand_for_their_tensors():
    assert ops.add(Box([1.0, 2.0]), 1).tolist() == [2.0, 3.0]
    assert ops.matmul(Box([[1.0, 2.0]]), Box([[1.0], [1.0]])).tolist() == [[3.0]]


@pytest.mark.parametrize("traced", [False, True])
def test_control_flow(traced):
    run = engine.compile if traced else lambda f: f
    x = ops.convert_to_tensor(np.arange(5, dtype="float32"))
    assert run(lambda v: ops.cond(ops.sum(v) > 3, lambda: v * 2, lambda: v))(x).tolist() == [0, 2, 4, 6, 8]
    assert (
        run(lambda v: ops.switch(ops.cast(v[2], "int32"), [lambda a: a, lambda a: a + 1, lambda a: a + 2], v))(x)[0]
        == 2
    )
    assert run(lambda v: ops.while_loop(lambda i, s: i < 4, lambda i, s: (i + 1, s + v[i]), (0, v[0]))[1])(x) == 6
    assert run(lambda v: ops.while_loop(lambda s: s < 100, lambda s: s + 1, v[1], maximum_iterations=3))(x) == 4
    assert run(lambda v: ops.fori_loop(1, 4, lambda i, s: s * v[i], v[1]))(x) == 6
    carry, rows = run(lambda v: ops.scan(lambda c, r: (c + r, c), v[0], v))(x)
    assert carry == 10 and rows.tolist() == [0, 0, 1, 3, 6]
    carry, rows = run(lambda v: ops.scan(lambda c, r: (c + r, c), v[0], v, reverse=True))(x)
    assert rows.tolist() == [10, 9, 7, 4, 0]
    assert run(lambda v: ops.map(lambda r: r * r, v))(x).tolist() == [0, 1, 4, 9, 16]
    assert run(lambda v: ops.vectorized_map(lambda r: ops.sum(r), ops.reshape(v[:4], (2, 2))))(x).tolist() == [1, 5]
    assert run(lambda v: ops.associative_scan(lambda a, b: a + b, v))(x).tolist() == [0, 1, 3, 6, 10]
    assert run(lambda v: ops.associative_scan(ops.maximum, v, reverse=True))(x).tolist() == [4] * 5


def test_control_flow_refuses_nonsense():
    with pytest.raises(ValueError, match="length"):
        ops.scan(lambda c, x: (c, x), 0.0)
    with pytest.raises(TypeError, match="callable"):
        ops.map(3, [1.0])
    with pytest.raises(ValueError, match="one size"):
        ops.associative_scan(ops.add, [np.ones(2), np.ones(3)])
    with pytest.raises(ValueError, match="branch"):
        ops.switch(0, [])


def test_vectorize():
    multiply = ops.vectorize(lambda a, b: ops.sum(a * b), signature="(n),(n)->()")
    x = np.arange(6, dtype="float32").reshape(2, 3)
    np.testing.assert_allclose(multiply(x, np.ones(3, "float32")), x.sum(1))
    np.testing.assert_allclose(ops.vectorize(lambda a: a + 1)(x), x + 1)


def test_stop_gradient_and_custom_gradient():
    def loss(x):
        return ops.sum(ops.stop_gradient(x) * x)

    x = ops.convert_to_tensor([2.0, 3.0])
    assert engine.value_and_grad(loss)(x)[1].tolist() == [2.0, 3.0]

    @ops.custom_gradient
    def doubled(x):
        def grad(*args, upstream=None):
            return (upstream if upstream is not None else args[-1]) * 10

        return x * 2, grad

    value, gradient = engine.value_and_grad(lambda v: ops.sum(doubled(v)))(x)
    assert value == 10 and gradient.tolist() == [10.0, 10.0]


def test_value_dependent_shapes_are_refused_in_a_trace():
    for function in (ops.nonzero, ops.unique, lambda x: ops.where(x > 0)):
        with pytest.raises(TypeError, match="depends on values"):
            engine.compile(function)(np.ones((3,), "float32"))


@pytest.mark.native_only("where a program on a device gives NaN")
def test_values_that_have_no_result_are_refused():
    with pytest.raises(ValueError, match=r"take: indices must lie between -3 and 2 .* from 0 to 5"):
        ops.take(np.ones((2, 3)), [0, 5], axis=1)
    with pytest.raises(ValueError, match="not positive definite"):
        ops.cholesky(-np.eye(2))


def test_errors_name_the_op_and_the_shapes():
    with pytest.raises(ValueError, match=r"matmul: the last axis of x1 \(2, 3\).*\(2, 3\)"):
        ops.matmul(np.ones((2, 3)), np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"reshape: 6 elements"):
        ops.reshape(np.ones((2, 3)), (4, 2))
    with pytest.raises(ValueError, match="same shape"):
        ops.categorical_crossentropy(np.ones((2, 3)), np.ones((2, 4)))
    with pytest.raises(ValueError, match="asks for targets of shape"):
        ops.sparse_categorical_crossentropy(np.ones((2, 3)), np.ones((2, 3)))
    with pytest.raises(ValueError, match="cannot be cut"):
        ops.split(np.ones((5,)), 2)
    with pytest.raises(ValueError, match="square"):
        ops.inv(np.ones((2, 3)))


def test_softmax_of_huge_logits_is_finite():
    assert ops.softmax([1000.0, 1000.0]).tolist() == [0.5, 0.5]
    assert np.isfinite(ops.convert_to_numpy(ops.log_softmax([1000.0, -1000.0]))).all()
    assert ops.sigmoid([1000.0, -1000.0]).tolist() == [1.0, 0.0]
    assert ops.softplus(1000.0) == 1000.0 and ops.logsumexp([1000.0, 1000.0]) == pytest.approx(1000.6931)


def test_jvp_is_the_slope_along_the_direction():
    def f(x, y):
        return ops.sin(x) * y

    x, y, dx, dy = (np.array(v, "float32") for v in ([0.5, 1.0], [2.0, -1.0], [1.0, 2.0], [0.5, 0.0]))
    value, slope = ops.jvp(f, (x, y), (dx, dy))
    np.testing.assert_allclose(value, np.sin(x) * y, rtol=1e-6)
    np.testing.assert_allclose(slope, np.cos(x) * dx * y + np.sin(x) * dy, rtol=1e-5)
    assert ops.jvp(lambda v: (v * v, {"aux": 1}), [x], [dx], has_aux=True)[2] == {"aux": 1}
    with pytest.raises(ValueError, match="one length"):
        ops.jvp(f, (x, y), (dx,))


def test_infinities_and_nan_come_without_warnings():
    assert ops.divide(1.0, [0.0]).tolist() == [np.inf] and ops.log([0.0]).tolist() == [-np.inf]
    assert bool(ops.all(ops.isnan(ops.sqrt([-1.0])))) and bool(ops.all(ops.isnan(ops.subtract([np.inf], np.inf))))
    assert ops.exp([1000.0]).tolist() == [np.inf]


@pytest.mark.parametrize("traced", [False, True])
def test_a_loop_between_ints_has_a_gradient(traced):
    def powers(v):
        return ops.sum(ops.fori_loop(1, 4, lambda i, s: s * v, v))

    slope = engine.value_and_grad(powers)
    x = ops.convert_to_tensor(np.array([2.0, -1.0], "float32"))
    _, gradient = (engine.compile(slope) if traced else slope)(x)
    np.testing.assert_allclose(ops.convert_to_numpy(gradient), [32.0, -4.0], rtol=1e-6)
    assert ops.convert_to_numpy(ops.fori_loop(5, 2, lambda i, s: s + i, 7)) == 7
