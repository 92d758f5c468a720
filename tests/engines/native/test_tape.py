import numpy as np
import pytest

from lamina.engines import native


def test_gradient_of_watched_tensor():
    x = native.tensor(np.array([1.0, 2.0]))
    with native.GradientTape() as tape:
        tape.watch(x)
        y = np.sum(x * x)
    np.testing.assert_allclose(tape.gradient(y, x), [2.0, 4.0])


def test_nested_tapes_give_second_derivatives():
    x = native.tensor(np.array(3.0))
    with native.GradientTape() as outer:
        outer.watch(x)
        with native.GradientTape() as inner:
            inner.watch(x)
            y = x**3
        first = inner.gradient(y, x)
    assert float(first) == 27.0
    assert float(outer.gradient(first, x)) == 18.0


def test_persistent_tape_may_be_asked_twice_and_others_not():
    x = native.tensor(np.array(3.0))
    with native.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, z = x * x, x * 5.0
    assert float(tape.gradient(y, x)) == 6.0
    assert float(tape.gradient(z, x)) == 5.0
    with native.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    tape.gradient(y, x)
    with pytest.raises(RuntimeError, match="persistent=True"):
        tape.gradient(y, x)


def test_unconnected_gradients():
    x, other = native.tensor(np.array(3.0)), native.tensor(np.array([1.0, 2.0]))
    with native.GradientTape(persistent=True) as tape:
        tape.watch([x, other])
        y = x * x
    assert tape.gradient(y, other) is None
    np.testing.assert_array_equal(tape.gradient(y, other, unconnected_gradients="zero"), [0, 0])


def test_target_that_was_not_recorded_is_an_error():
    with native.GradientTape() as tape:
        y = np.float32(3.0) * 2
    with pytest.raises(ValueError, match="not computed from anything"):
        tape.gradient(y, native.tensor(np.array(1.0)))


def test_values_are_there_while_recording():
    x = native.tensor(np.array(-2.0))
    with native.GradientTape() as tape:
        x = tape.watch(x)
        y = -x if x < 0 else x
    assert float(y) == 2.0
    assert float(tape.gradient(y, x)) == -1.0


def test_stop_recording_and_stop_gradient():
    x = native.tensor(np.array(2.0))
    with native.GradientTape() as tape:
        x = tape.watch(x)
        y = x * native.stop_gradient(x)
    assert float(tape.gradient(y, x)) == 2.0


def test_jacobian():
    x = native.tensor(np.array([1.0, 2.0]))
    with native.GradientTape(persistent=True) as tape:
        x = tape.watch(x)
        y = x * x
    np.testing.assert_allclose(tape.jacobian(y, x), np.diag([2.0, 4.0]))


def test_inside_a_compiled_function():
    def step(x):
        with native.GradientTape() as tape:
            x = tape.watch(x)
            y = np.sum(np.exp(x))
        return tape.gradient(y, x)

    x = np.array([0.5, 1.0])
    np.testing.assert_allclose(native.compile(step)(x), np.exp(x))
