"""Rewritten programs give what the functions give, and leave alone what they must."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from lamina.engines import engine  # noqa: E402


def state_and_batch(seed=0):
    rng = np.random.default_rng(seed)
    state = [torch.from_numpy(rng.normal(size=(5, 4)).astype("float32")) for _ in range(3)]
    return state, rng.normal(size=(6, 5)).astype("float32")


def agree(fn, steps=3):
    """A donating compiled function changes its state as the plain one does, and returns the same."""
    state, batch = state_and_batch()
    plain, _ = state_and_batch()
    compiled = engine.compile(fn, donate=(0,))
    for _ in range(steps):
        wanted, logs = fn([s.clone() for s in plain], torch.from_numpy(batch))
        plain = [w.clone() for w in wanted]
        found, ours = compiled(state, batch)
        assert all(f is s for f, s in zip(found, state))
        for a, b in zip([*found, *ours], [*plain, *logs]):
            np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-6)
    (entry,) = compiled._entries.values()
    assert entry.program is not None
    return entry.program.__self__.code


def test_new_state_is_written_over_the_old():
    def step(state, x):
        a, m, c = state
        g = x.t() @ (x @ a)
        m = 0.9 * m + 0.1 * g
        return [a - 0.01 * m, m, c + 1], [g.sum()]

    assert "copy_" not in agree(step)


def test_swapped_state():
    agree(lambda state, x: ([state[1], state[0], state[2] * 2], [state[0] + 1]))


def test_logs_that_are_old_state_and_views_of_it():
    def step(state, x):
        a, m, c = state
        return [a * 2, m + a, c], [a, a[1:], m.t(), c]

    agree(step)


def test_a_value_that_is_read_later_is_not_overwritten():
    def step(state, x):
        a, _, c = state
        y = torch.exp(a)
        z = y * 2
        w = torch.maximum(z, y) / torch.tanh(y)
        return [w, z - y, c], [y.sum(), z]

    agree(step)


def test_new_state_that_lies_in_another_one():
    def step(state, x):
        a, m, _ = state
        s = a + 1
        return [s * 2, s.reshape(4, 5).reshape(5, 4) - m, s.clone()], [s[0]]

    agree(step)


def test_gradients_that_write_into_their_own_results():
    def step(state, x):
        a, m, c = state

        def loss(w):
            return torch.minimum(torch.maximum(w, m), torch.tensor(0.5)).square().sum()

        value, g = engine.value_and_grad(loss)(a)
        return [a - 0.1 * g, m + g, c * g], [value, g]

    agree(step)


def test_broadcast_operands_and_other_dtypes_are_left_alone():
    def step(state, x):
        a, m, c = state
        row = a[0] * 2
        return [row + m, (row.to(torch.float64) * 2).to(torch.float32) + a, c.expand(5, 4) * 2], [
            row,
            row.expand(3, 4) * 2,
        ]

    agree(step)


def test_random_draws_are_not_merged_into_constants():
    def step(state, x):
        seed = (state[2][0, :2] * 1000).to(torch.int64).to(torch.uint32)
        a = engine.random.uniform(seed, (5, 4))
        b = engine.random.normal(seed, (5, 4))
        return [a, b, state[2] + 1], [a + b]

    agree(step)


def test_functions_that_ask_for_values_run_eagerly():
    def fn(x):
        return x * 2 if float(x.sum()) > 0 else x - 1

    compiled = engine.compile(fn)
    assert compiled(np.ones(2, "float32")).tolist() == [2, 2]
    assert compiled(-np.ones(2, "float32")).tolist() == [-2, -2]
    (entry,) = compiled._entries.values()
    assert entry.program is None


def test_loop_is_the_calls_in_turn():
    def step(state, data, places):
        batch = engine.nn.take_rows(data, places)
        return [state[0] + batch.sum(0)], batch.mean()

    data = np.arange(24, dtype="float32").reshape(8, 3)
    rows = np.array([[0, 1], [2, 3], [6, 7]])
    compiled = engine.compile(step, donate=(0,), resident=(1,))
    state, last = compiled.loop([torch.zeros(3)], data, rows=rows, start=0, stop=2)
    np.testing.assert_array_equal(state[0].numpy(), data[:4].sum(0))
    assert float(last) == data[2:4].mean()
    _, all_of_them = compiled.loop([torch.zeros(3)], data, rows=rows, collect=True)
    np.testing.assert_array_equal(all_of_them.numpy(), [data[r].mean() for r in rows])


def test_gradients_of_a_convnet_reuse_memory_and_stay_right():
    from lamina import ops

    rng = np.random.default_rng(1)
    kernel, dense = rng.normal(size=(3, 3, 2, 4)).astype("float32"), rng.normal(size=(4, 3)).astype("float32")
    x = rng.normal(size=(5, 9, 9, 2)).astype("float32")

    def loss(k, d):
        y = ops.max_pool(ops.relu(ops.conv(x, k)), 2)
        y = ops.relu(ops.conv(y, ops.ones((2, 2, 4, 4)) * 0.1))
        return ops.mean(ops.square(ops.matmul(ops.mean(y, (1, 2)), d)))

    function = engine.value_and_grad(loss, argnums=(0, 1))
    compiled = engine.compile(function)
    wanted, found = function(kernel, dense), compiled(kernel, dense)
    np.testing.assert_allclose(found[0].numpy(), wanted[0].numpy(), rtol=1e-5)
    for a, b in zip(found[1], wanted[1]):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-4, atol=1e-6)
    (entry,) = compiled._entries.values()
    assert "threshold_backward.grad_input" in entry.program.__self__.code


def test_random_numbers_of_torchs_own_stay_random():
    def fn(x):
        return x + torch.rand(4), x + torch.rand(4)

    compiled = engine.compile(fn)
    (a, b), (c, _) = compiled(torch.zeros(4)), compiled(torch.zeros(4))
    assert not torch.equal(a, b) and not torch.equal(a, c)


def test_constants_that_the_function_writes_into_start_anew():
    def fn(x):
        total = torch.tensor([1.0, 2.0])
        total += x
        return total * 1, total

    compiled = engine.compile(fn)
    for _ in range(3):
        assert [v.tolist() for v in compiled(torch.ones(2))] == [[2, 3], [2, 3]]


def test_data_of_the_user_is_never_written_into():
    x = np.ones((3, 3), "float32")
    compiled = engine.compile(lambda a: torch.exp(a * 1) * 2 + torch.relu(a))
    compiled(x)
    compiled(x)
    assert (x == 1).all()
