"""Plans against the slow reference: the same graph run node by node in plain NumPy."""

import numpy as np
import pytest

from lamina.engines import native
from lamina.engines.native import _plan
from lamina.engines.native._graph import Spec, verify
from lamina.engines.native._plan import Plan
from lamina.engines.native._reference import run_graph
from lamina.engines.native._tracing import traced_graph
from lamina.engines.native.layout import CHUNK
from lamina.engines.native.passes import simplify

rng = np.random.default_rng(1)
normal = lambda *s: rng.standard_normal(s).astype("float32")  # noqa: E731

PROGRAMS = {
    "chain in place": (lambda x: np.tanh(np.exp(x * 0.5) + 1), [normal(5, 4)]),
    "value used twice": (lambda x: (y := np.exp(x)) * np.sin(y) + y, [normal(5, 4)]),
    "transposed view": (lambda x: np.transpose(np.exp(x)) + np.exp(np.transpose(x)), [normal(4, 4)]),
    "reshape that copies": (lambda x: np.reshape(np.transpose(np.exp(x)), -1) * 2, [normal(3, 4)]),
    "joined parts": (
        lambda a, b: np.concatenate([np.reshape(a @ b, -1), np.reshape(np.exp(b), -1)]) * 3,
        [normal(2, 3), normal(3, 2)],
    ),
    "same part twice": (lambda a: np.concatenate([(e := np.exp(a)), e]) + 1, [normal(3)]),
    "input in a concatenation": (lambda a: np.concatenate([a, np.exp(a)]), [normal(3)]),
    "long arrays in pieces": (
        lambda a, b: np.sqrt(np.square(a - b) + 1) * np.sum(a) + b,
        [normal(100_003), normal(100_003)],
    ),
    "pieces used afterwards": (
        lambda a: np.sum(e := np.exp(a) * 2) + np.sum(np.reshape(e, (2, -1))[0]),
        [normal(100_002)],
    ),
    "broadcast": (lambda a, b: (a + b) * np.sum(a, 0), [normal(3, 4), normal(4)]),
    "several outputs": (lambda a: np.linalg.qr(a)[1] + np.max(a), [normal(3, 3)]),
    "broadcast of one element": (
        lambda a: np.broadcast_to(np.sum(a), (1, 1)) * np.sin(a) + np.broadcast_to(np.sum(a), (1, 1)),
        [normal(1, 1)],
    ),
    "constants": (lambda a: a + np.arange(3, dtype="float32") * np.float32(2), [normal(2, 3)]),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_plan_equals_reference(name):
    fn, arrays = PROGRAMS[name]
    graph, _, _ = traced_graph(fn, [Spec(a.shape, a.dtype) for a in arrays])
    verify(graph, "trace")
    expected = run_graph(graph, arrays)
    simple = simplify(graph)
    verify(simple, "simplify")
    plan = Plan(simple, {}, [])
    bound = plan.bind(arrays)
    before = [a.copy() for a in arrays]
    for _ in range(2):  # a second run must not see what the first left behind
        bound.run()
        for got, want in zip(bound.outputs, expected):
            np.testing.assert_array_equal(got, want)
    for array, old in zip(arrays, before):
        np.testing.assert_array_equal(array, old)


def test_donated_state_is_updated_in_its_own_array():
    step = native.compile(lambda state, x: ([state[0] - 0.1 * (state[0] - x)], np.sum(state[0])), donate=(0,))
    w = normal(4)
    expected = w.copy()
    for _ in range(3):
        (new,), total = step([w], np.ones(4, "float32"))
        assert new is w
        np.testing.assert_allclose(total, expected.sum(), rtol=1e-6)
        expected = expected - np.float32(0.1) * (expected - 1)
    np.testing.assert_allclose(w, expected, rtol=1e-6)


def test_donated_states_may_be_swapped():
    swap = native.compile(lambda s: ([s[1], s[0]], None), donate=(0,))
    a, b = normal(3), normal(3)
    old_a, old_b = a.copy(), b.copy()
    swap([a, b])
    np.testing.assert_array_equal(a, old_b)
    np.testing.assert_array_equal(b, old_a)


def test_old_state_read_after_the_update_is_the_old_one():
    step = native.compile(lambda s: ([s[0] + 1], s[0] * 10), donate=(0,))
    a = np.array([1.0, 2.0], "float32")
    _, tens = step([a])
    np.testing.assert_array_equal(tens, [10, 20])
    np.testing.assert_array_equal(a, [2, 3])


def test_results_do_not_change_with_the_next_call():
    double = native.compile(lambda x: x * 2)
    first = double(np.ones(3, "float32"))
    double(np.zeros(3, "float32"))
    np.testing.assert_array_equal(first, [2, 2, 2])


def test_one_plan_for_each_signature():
    f = native.compile(lambda x: x + 1)
    for shape in ((2,), (3,), (2,)):
        f(np.zeros(shape, "float32"))
    f(np.zeros(2, "int32"))
    assert len(f.plans) == 3


def test_loop_is_the_same_as_calls():
    fn = lambda s, data, i: ([s[0] + np.sum(np.take(data, i, axis=0))], s[0])  # noqa: E731
    data = normal(10, 3)
    rows = np.arange(8).reshape(4, 2)
    a, b = np.zeros((), "float32"), np.zeros((), "float32")
    looped = native.compile(fn, donate=(0,), resident=(1,))
    looped.loop([a], data, rows=rows)
    single = native.compile(fn, donate=(0,), resident=(1,))
    for row in rows:
        single([b], data, row)
    assert a == b and a != 0


def test_source_is_a_list_of_numpy_calls():
    f = native.compile(lambda x, w: np.tanh(x @ w))
    f(np.ones((2, 3), "float32"), np.ones((3, 4), "float32"))
    assert "np.matmul(v0, v1, v2)  # f32[2,4]" in f.plans[0].source
    assert "np.tanh" in f.plans[0].source


def test_buffers_are_shared_by_values_that_are_not_alive_together():
    def deep(x, w):
        for _ in range(20):
            x = np.tanh(x @ w)
        return x

    f = native.compile(deep)
    f(np.ones((64, 64), "float32"), np.ones((64, 64), "float32"))
    assert f.plans[0].arena_bytes <= 3 * 64 * 64 * 4


def test_further_threads_have_their_scratch_in_the_arena_as_long_as_it_lasts(monkeypatch):
    monkeypatch.setattr(_plan, "num_threads", lambda: 2)
    arrays = [np.zeros(16 * CHUNK, "float32"), np.zeros(CHUNK, "float32"), np.zeros(CHUNK, "float32")]
    room = np.zeros(arrays[1].nbytes + 100, np.uint8)
    shares = _plan._shares([*arrays, arrays[1]], 16 * CHUNK, room)
    assert len(shares) == 2
    for (x, a, b, again), *_ in shares:
        assert np.shares_memory(x, arrays[0]) and again is a and not np.shares_memory(a, b)
    first, second = shares
    assert np.shares_memory(first[0][1], arrays[1]) and np.shares_memory(second[0][1], room)
    assert not np.shares_memory(second[0][2], room) and not np.shares_memory(second[0][2], arrays[2])
