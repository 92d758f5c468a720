import numpy as np

import lamina
from lamina import ops


def test_variables_are_followed_when_read():
    w = lamina.Variable([2.0, 3.0])
    with lamina.GradientTape() as tape:
        loss = ops.sum(ops.square(w))
    np.testing.assert_allclose(tape.gradient(loss, w), [4.0, 6.0])
    assert tape.watched_variables() == (w,)


def test_without_automatic_watching_only_what_is_watched_counts():
    a, b = lamina.Variable(2.0), lamina.Variable(3.0)
    with lamina.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(a)
        loss = a * b
    assert float(tape.gradient(loss, a)) == 3.0
    with lamina.GradientTape(watch_accessed_variables=False, persistent=True) as tape:
        tape.watch(a)
        loss = a * b
    assert tape.gradient(loss, [a, b])[1] is None


def test_a_tape_around_another_follows_variables_read_inside():
    w = lamina.Variable(3.0)
    x = ops.convert_to_tensor(2.0)
    with lamina.GradientTape() as outer:
        with lamina.GradientTape() as inner:
            inner.watch(x)
            y = w * x * x
        dx = inner.gradient(y, x)
        loss = dx * dx
    # dy/dx = 2wx = 12; d(dx²)/dw = 2·dx·2x = 96
    assert float(ops.convert_to_numpy(dx)) == 12.0
    assert float(outer.gradient(loss, w)) == 96.0


def test_value_assigned_inside_the_tape_is_used_and_the_first_read_differentiated():
    w = lamina.Variable(3.0)
    with lamina.GradientTape() as tape:
        loss = w * w
        w.assign(10.0)
    assert float(tape.gradient(loss, w)) == 6.0
    assert float(w.numpy()) == 10.0
