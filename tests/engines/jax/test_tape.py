"""GradientTape on JAX: eager, nested, inside compiled functions, beside JAX's own transforms."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lamina import ops
from lamina.engines import jax as engine


def test_gradient_of_watched_tensor_with_jax_functions():
    x = jnp.array([1.0, 2.0])
    with engine.GradientTape() as tape:
        tape.watch(x)
        y = jnp.sum(x * x) + jax.nn.relu(x).sum() + jax.jit(jnp.sin)(x)[0]
    np.testing.assert_allclose(tape.gradient(y, x), [3 + np.cos(1.0), 5.0], rtol=1e-6)


def test_numpy_arrays_are_followed_through_what_watch_returns():
    x = np.array([1.0, 2.0])
    with engine.GradientTape() as tape:
        followed = tape.watch(x)
        y = ops.sum(followed**3)
    np.testing.assert_allclose(tape.gradient(y, followed), 3 * x**2)


def test_nested_tapes_give_second_derivatives():
    x = jnp.array(3.0)
    with engine.GradientTape() as outer:
        outer.watch(x)
        with engine.GradientTape() as inner:
            inner.watch(x)
            y = x**3
        first = inner.gradient(y, x)
    assert float(first) == 27.0
    assert float(outer.gradient(first, x)) == 18.0


def test_a_gradient_inside_its_own_tape_is_not_recorded_by_it():
    x = jnp.array(2.0)
    with engine.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        first = tape.gradient(y, x)
    assert float(first) == 4.0


def test_persistent_and_unconnected():
    x, other = jnp.array(3.0), jnp.array([1.0, 2.0])
    with engine.GradientTape(persistent=True) as tape:
        tape.watch([x, other])
        y, z = x * x, x * 5.0
    assert float(tape.gradient(y, x)) == 6.0 and float(tape.gradient(z, x)) == 5.0
    assert tape.gradient(y, other) is None
    assert tape.gradient(y, other, unconnected_gradients="zero").tolist() == [0, 0]
    with engine.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    tape.gradient(y, x)
    with pytest.raises(RuntimeError, match="persistent=True"):
        tape.gradient(y, x)


def test_target_that_was_not_recorded_is_an_error():
    with engine.GradientTape() as tape:
        y = jnp.float32(3.0) * 2
    with pytest.raises(ValueError, match="not computed from anything"):
        tape.gradient(y, jnp.array(1.0))


def test_values_are_there_while_recording_and_afterwards():
    x = jnp.array([-2.0, 1.0])
    with engine.GradientTape() as tape:
        x = tape.watch(x)
        y = -x if x[0] < 0 else x
        assert f"{float(y[0]):.1f}" == "2.0" and y.tolist() == [2.0, -1.0] and f"{y[1]:.2f}" == "-1.00"
    assert (y + 1).tolist() == [3.0, 0.0] and ops.exp(y).shape == (2,) and np.asarray(y)[0] == 2 and len(y) == 2
    assert type(y[0]) is type(jnp.zeros(()))
    assert tape.gradient(y, x).tolist() == [-1.0, -1.0]


def test_stop_recording_and_stop_gradient():
    x = jnp.array(2.0)
    with engine.GradientTape() as tape:
        x = tape.watch(x)
        with tape.stop_recording():
            constant = x * 3
        y = x * engine.stop_gradient(x) + constant
    assert float(y) == 10.0 and float(tape.gradient(y, x)) == 2.0


def test_jacobian():
    x = jnp.array([1.0, 2.0])
    with engine.GradientTape(persistent=True) as tape:
        x = tape.watch(x)
        y = x * x
    np.testing.assert_allclose(tape.jacobian(y, x), np.diag([2.0, 4.0]))


def test_inside_a_compiled_function_around_a_scan_and_a_branch():
    def step(x, up):
        with engine.GradientTape() as tape:
            x = tape.watch(x)
            total, _ = engine.scan(lambda c, row: (c + jnp.exp(row), None), jnp.zeros((), x.dtype), x)
            y = engine.cond(up > 0, lambda: total * 2, lambda: total)
        return tape.gradient(y, x)

    x = np.array([0.5, 1.0])
    compiled = engine.compile(step)
    np.testing.assert_allclose(compiled(x, np.float32(1)), 2 * np.exp(x), rtol=1e-6)
    np.testing.assert_allclose(compiled(x, np.float32(-1)), np.exp(x), rtol=1e-6)


def test_custom_gradient():
    @engine.custom_gradient
    def clipped(x):
        return ops.exp(x), lambda upstream: upstream * 7.0

    x = jnp.array(0.0)
    with engine.GradientTape() as tape:
        tape.watch(x)
        y = clipped(x) * 2
    assert float(tape.gradient(y, x)) == 14.0


def test_a_tensor_made_of_numpy_while_recording_is_an_array_of_jax():
    @engine.custom_gradient
    def clipped(x, levels):
        return x * levels.astype("float32"), lambda upstream: (upstream * 7.0, None)

    given = np.array([1.0, 2.0], "float32")
    with engine.GradientTape() as tape:
        x = engine.tensor(given)
        tape.watch(x)
        given[:] = 0
        y = clipped(x, np.array([2, 3], "int8"))
    assert isinstance(x, jax.Array)
    np.testing.assert_array_equal(y, [2.0, 6.0])
    np.testing.assert_array_equal(tape.gradient(y, x), [7.0, 7.0])


def test_a_failed_block_leaves_no_tape_behind():
    with pytest.raises(ZeroDivisionError), engine.GradientTape():
        raise ZeroDivisionError
    assert float(jnp.sin(jnp.array(0.0))) == 0.0
    assert engine.on_variable_read(None, 3) == 3
