"""Compiled functions: what is traced when, what is given away, loops over rows."""

import os
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lamina import random
from lamina.engines import jax as engine
from lamina.engines.jax import _compile


def counting(fn):
    def counted(*args):
        counted.traces += 1
        return fn(*args)

    counted.traces = 0
    return counted


def step(state, data, row):
    (total,) = state
    picked = data[row]
    return [total + picked.sum()], {"mean": picked.mean(), "none": None}


ROWS = np.array([[0, 1], [2, 3], [1, 1], [3, 0], [2, 2]])
DATA = np.array([1.0, 2.0, 3.0, 4.0], np.float32)


def test_a_function_is_traced_once_a_signature():
    fn = counting(lambda x, flag, none: {"twice": x * 2 if flag else x, "flag": flag, "none": none})
    compiled = engine.compile(fn)
    for value in (1.0, 2.0):
        result = compiled(np.full(3, value, np.float32), True, None)
        assert result["twice"].tolist() == [2 * value] * 3 and bool(result["flag"]) and result["none"] is None
    assert fn.traces == 2  # once to see what it gives
    assert compiled(np.ones(3, np.float32), False, None)["twice"].tolist() == [1, 1, 1]
    compiled(np.ones(4, np.float32), False, None)
    assert fn.traces == 6


def test_structures_of_other_keys_are_other_signatures():
    compiled = engine.compile(lambda batch: {key: x + 1 for key, x in batch.items()})
    assert list(compiled({"a": np.ones(2)})) == ["a"]
    assert list(compiled({"b": np.ones(2)})) == ["b"]


def test_loops_of_any_length_run_one_program():
    fn = counting(step)
    compiled = engine.compile(fn, donate=(0,), resident=(1,))
    state, total, traces = [jnp.float32(0)], 0.0, None
    for start, stop in ((0, 1), (1, 3), (3, 5), (0, 5)):
        state, logs = compiled.loop(state, DATA, rows=ROWS, start=start, stop=stop)
        total += DATA[ROWS[start:stop]].sum()
        assert float(state[0]) == total
        assert float(logs["mean"]) == DATA[ROWS[stop - 1]].mean() and logs["none"] is None
        traces = traces or fn.traces
    assert fn.traces == traces


def test_loop_is_the_same_as_calls_and_collects():
    compiled = engine.compile(step, donate=(0,), resident=(1,))
    rows = np.tile(ROWS, (9, 1))  # more than one program gives at a time
    state, stacked = compiled.loop([jnp.float32(1)], DATA, rows=rows, start=2, stop=44, collect=True)
    one, means = [jnp.float32(1)], []
    for row in rows[2:44]:
        one, logs = compiled(one, DATA, row)
        means.append(float(logs["mean"]))
    assert float(state[0]) == pytest.approx(float(one[0]))
    np.testing.assert_allclose(stacked["mean"], means, rtol=1e-6)


def test_rows_may_be_structures():
    def padded(state, row):
        places, count = row
        return [state[0] + jnp.where(jnp.arange(2) < count, places, 0).sum()], None

    rows = (ROWS, np.array([2, 1, 2, 2, 0], np.int32))
    state, logs = engine.compile(padded, donate=(0,)).loop([jnp.asarray(0)], rows=rows)
    assert int(state[0]) == 1 + 2 + 2 + 3 and logs is None


def test_only_what_a_step_made_is_given_away():
    compiled = engine.compile(lambda state: ([s + 1 for s in state], None), donate=(0,))
    mine = jnp.zeros(3)
    first, _ = compiled([mine, mine])
    second, _ = compiled(first)
    assert mine.tolist() == [0, 0, 0]
    assert [x.tolist() for x in second] == [[2, 2, 2], [2, 2, 2]]
    assert first[0].is_deleted()


def test_how_many_times_as_many_rows_fit_the_caches(monkeypatch):
    def wide(state, x):
        return state, (jnp.cumsum(jnp.sort(x @ state[0], axis=1), axis=1) ** 2).sum(axis=1)

    weights = [jnp.ones((10, 1000), jnp.float32)]  # donated: not counted
    compiled = engine.compile(wide, donate=(0,))
    monkeypatch.setattr(_compile, "_CACHED_BYTES", 1 << 20)
    one, many = (4, 10), (400, 10)
    assert 8 < compiled.times(weights, np.ones(one, np.float32)) <= (1 << 20) // (4 * 1000 * 4)  # what is on the way
    assert compiled.times(weights, np.ones(many, np.float32)) == 1
    copied = engine.compile(lambda state, x: (state, x[:, :1]), donate=(0,))
    assert copied.times(weights, np.ones((4, 1 << 14), np.float32)) == 4  # what is given
    spread = engine.compile(lambda state, x: (state, jnp.broadcast_to(x, (4, 1 << 14))), donate=(0,))
    assert spread.times(weights, np.ones((4, 1), np.float32)) == 4  # what comes out
    monkeypatch.setattr(_compile, "_CACHED_BYTES", 1)
    assert spread.times(weights, np.ones((4, 1), np.float32)) == 1


def test_looking_at_a_program_makes_it_once():
    fn = counting(lambda state, x: (state, jnp.tanh(x) * state[0]))
    compiled = engine.compile(fn, donate=(0,))
    args = [jnp.ones(3)], np.ones((2, 3), np.float32)
    compiled.times(*args)
    traces = fn.traces
    compiled(*args)
    assert fn.traces == traces


def test_what_comes_back_as_it_went_in_is_left_alone():
    compiled = engine.compile(lambda state, row: ([state[0], state[1] + row], state[0] * row), donate=(0,))
    weights, count = jnp.ones(3), jnp.float32(0)
    for _ in range(2):
        (same, count), result = compiled.loop([weights, count], rows=np.float32([1, 2]), collect=True)
        assert same is weights and result.tolist() == [[1, 1, 1], [2, 2, 2]]
    assert float(count) == 6


def test_weak_types_do_not_trace_again():
    fn = counting(lambda state, x: ([jnp.where(x > 0, 1.0, 0.0).sum().astype(jnp.float32) * 2.0], None))
    compiled = engine.compile(fn, donate=(0,))
    state = [np.float32(0)]
    for _ in range(3):
        state, _ = compiled(state, np.ones(2, np.float32))
    assert fn.traces == 2


def test_a_value_asked_for_while_tracing_is_explained():
    with pytest.raises(engine.ConcreteValueError) as caught:
        engine.compile(lambda x: 1 if x.sum() > 0 else 2)(np.ones(3))
    assert any("run_eagerly=True" in note for note in caught.value.__notes__)


def test_spec_computes_nothing():
    def fn(x, y):
        return {"sum": jnp.dot(x, y), "none": None}

    found = engine.spec(fn, engine.Spec((2, 1000000), "float32"), engine.Spec((1000000, 3), "float32"))
    assert found == {"sum": engine.Spec((2, 3), "float32"), "none": None}


def test_gradients_of_structures_and_what_is_no_tensor_passes_through():
    marker = object()

    def loss(parameters, x):
        return (parameters["w"] * x).sum(), ("aux", marker, parameters["b"])

    (value, aux), gradients = engine.value_and_grad(loss, has_aux=True)({"b": 1.0, "w": np.float32(3)}, np.ones(4))
    assert float(value) == 12 and aux[0] == "aux" and aux[1] is marker and float(aux[2]) == 1
    assert float(gradients["w"]) == 4 and float(gradients["b"]) == 0
    with pytest.raises(ValueError, match=r"scalar loss; got shape \(2,\)"):
        engine.value_and_grad(lambda x: x)(np.ones(2))


def test_tensors_are_copies_and_strings_stay_as_they_are():
    source = np.ones(1024, np.float32)
    x = engine.tensor(source)
    source[:] = 5
    assert float(x[0]) == 1
    assert engine.tensor(np.array(["a"])).dtype.kind == "U"
    assert engine.tensor(np.array([1.5])).dtype == np.float64
    assert x.numpy().flags.writeable and type(x.numpy()) is np.ndarray


def test_segment_sum_drops_what_is_out_of_range():
    found = engine.nn.segment_sum(np.arange(5.0), np.array([0, -1, 2, 7, 0]), 3)
    assert found.tolist() == [4, 0, 2]


def test_scatter_multiply_has_a_gradient_where_factors_are_zero():
    x, places = np.array([2.0, 3.0]), np.array([[0], [0], [1]])
    updates = np.array([0.0, 5.0, 4.0])

    def product(x, u):
        return engine.nn.scatter(x, places, u, "multiply").sum()

    _, (by_x, by_updates) = engine.value_and_grad(product, argnums=(0, 1))(x, updates)
    assert by_x.tolist() == [0, 4] and by_updates.tolist() == [10, 0, 3]


def test_prefetch_keeps_the_order_and_closes_its_source():
    closed = []

    def source():
        try:
            for i in range(10):
                yield np.full(2, i), None, np.array(["text"])
        finally:
            closed.append(True)

    batches = engine.prefetch(source())
    found = [next(batches) for _ in range(3)]
    assert [int(b[0][0]) for b in found] == [0, 1, 2] and found[0][1] is None and found[0][2].dtype.kind == "U"
    batches.close()
    assert closed
    assert [int(b[0][0]) for b in engine.prefetch(source())] == list(range(10))


@pytest.mark.skipif(jax.default_backend() != "cpu", reason="about a CPU")
def test_prefetch_takes_nothing_ahead_on_a_cpu():
    source = iter(range(10))
    batches = engine.prefetch(np.full(2, i) for i in source)
    assert int(next(batches)[0]) == 0 and next(source) == 1


def test_what_lies_on_disk_does_not_go_to_the_device(tmp_path):
    mapped = np.memmap(tmp_path / "x", "float32", "w+", shape=(4, 2))
    assert not engine.can_hold([np.ones(3), mapped]) and engine.can_hold([np.ones(3)])


def test_importing_starts_no_device():
    # A program may still choose devices, or fork, after the import.
    program = "import lamina, lamina.layers; from jax._src import xla_bridge; print(len(xla_bridge._backends))"
    env = {**os.environ, "LAMINA_ENGINE": "jax"}
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=env, check=True)
    assert result.stdout.strip() == "0"


@pytest.mark.parametrize("make", [lambda: None, lambda: random.SeedGenerator(3)], ids=["global", "own"])
def test_a_jitted_function_may_not_keep_the_counter_of_draws(make):
    seed = make()
    with pytest.raises(ValueError, match="traced"):
        jax.jit(lambda: random.uniform((2,), seed=seed))()
    first, second = random.uniform((2,), seed=seed), random.uniform((2,), seed=seed)
    assert not np.array_equal(first, second)
    assert jax.jit(lambda: random.uniform((2,), seed=7))().shape == (2,)
