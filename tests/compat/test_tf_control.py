"""Loops, decisions and gradients of the thin TensorFlow."""

import importlib

import numpy as np

from lamina import GradientTape, Variable, ops
from lamina.compat import _tf_control as control


def test_while_loop():
    i, total = control.while_loop(lambda i, s: i < 5, lambda i, s: (i + 1, s + 2.0), [0, 0.0])
    assert (int(i), float(total)) == (5, 10.0)
    (i,) = control.while_loop(lambda i: i < 100, lambda i: (i + 1,), [0], maximum_iterations=3)
    assert int(i) == 3


def test_cond_and_maps():
    assert float(control.cond(ops.convert_to_tensor(True), lambda: 1.0, lambda: 2.0)) == 1.0
    x = np.arange(6.0, dtype="float32").reshape(3, 2)
    for mapped in (control.map_fn, control.vectorized_map):
        np.testing.assert_allclose(ops.convert_to_numpy(mapped(lambda row: row * 2, x)), x * 2)


def test_scan():
    x = np.arange(1.0, 5.0, dtype="float32")
    running = control.scan(lambda a, b: a + b, x)
    np.testing.assert_allclose(ops.convert_to_numpy(running), np.cumsum(x))
    products = control.scan(lambda a, b: a * b, x, initializer=np.float32(2.0))
    np.testing.assert_allclose(ops.convert_to_numpy(products), 2 * np.cumprod(x))


def test_custom_gradient_is_used():
    @control.custom_gradient
    def clipped(x):
        return x * 3.0, lambda upstream: upstream * 10.0

    v = Variable(2.0)
    with GradientTape() as tape:
        y = ops.sum(clipped(ops.convert_to_tensor(v)))
    assert float(ops.convert_to_numpy(y)) == 6.0 and float(tape.gradient(y, v)) == 10.0


def test_scopes_change_nothing(installed):
    tf = importlib.import_module("tensorflow")
    with tf.name_scope("a/b"), tf.device("/gpu:0"), tf.control_dependencies([]):
        assert float(tf.constant(1.0)) == 1.0
    assert tf.no_op() is None and tf.group(1, 2) is None
    assert tf.is_symbolic_tensor(tf.keras.Input((2,))) and not tf.is_symbolic_tensor(tf.constant(1.0))
