"""Recorded programs are what their functions are, and recording them leaves no trace."""

import os
import random
import subprocess
import sys
import threading

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import lamina  # noqa: E402
from lamina.engines import engine  # noqa: E402
from lamina.engines.torch._tensors import recordings  # noqa: E402

FIRST, SECOND = torch.tensor([3.0, 1.0, 2.0]), torch.tensor([1.0, 2.0, 3.0])


def program(compiled):
    (entry,) = compiled._entries.values()
    return entry.program


def agree(fn):
    """What is recorded with one array holds for another."""
    compiled = engine.compile(fn)
    for x in (FIRST, SECOND, FIRST):
        np.testing.assert_allclose(compiled(x.clone()).numpy(), fn(x.clone()).detach().numpy(), rtol=1e-6)
    return program(compiled)


@pytest.mark.parametrize(
    "fn",
    [
        lambda x: x * float(x[0]),
        lambda x: x * 2 if x[0] > 2 else x * 3,
        lambda x: x * int(x.sum() > x[0] * 3),
        lambda x: x * torch.equal(x, FIRST),
        lambda x: x * lamina.ops.convert_to_numpy(x)[0],
        lambda x: lamina.ops.while_loop(lambda i: lamina.ops.sum(i) < 20, lambda i: i * x[0] + 1, (x,))[0],
    ],
)
def test_a_function_that_asks_for_values_runs_eagerly(fn):
    assert agree(fn) is None


@pytest.mark.parametrize(
    "fn",
    [
        lambda x: x[x > 1.5],
        lambda x: torch.nonzero(x > 1.5),
        lambda x: torch.repeat_interleave(x, x.long()),
        lambda x: x * x.max().item(),
        lambda x: x * x.tolist()[0],
    ],
)
def test_sizes_and_numbers_that_depend_on_values_are_not_those_of_the_first_call(fn):
    agree(fn)


def test_who_catches_the_refusal_of_a_value_gets_no_program_with_it():
    def fn(x):
        try:
            return x * x[0].item()
        except RuntimeError:
            return x

    agree(fn)


@pytest.mark.parametrize(
    "read",
    [
        lambda x: float(x.numpy()[0]),
        lambda x: float(np.asarray(x)[0]),
        lambda x: float(torch.tensor([x[0], 1.0])[0]),
        lambda x: x.data_ptr() % 7,
        lambda x: torch.tensor_split(x, x[:1].long().clamp(1, 2))[0].sum(),
    ],
)
def test_memory_that_is_read_without_an_operator_is_refused(read):
    with pytest.raises((RuntimeError, TypeError)):
        engine.compile(lambda x: x * read(x))(FIRST.clone())
    assert FIRST.numpy()[0] == 3 and not recordings


def test_memory_read_in_a_gradient_of_the_users_own():
    class Scaled(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx, upstream):
            return upstream * float(ctx.saved_tensors[0].sum() + ctx.saved_tensors[0][0])

    def fn(x):
        return engine.value_and_grad(lambda v: Scaled.apply(v).sum())(x)[1]

    assert agree(fn) is None


def test_constants_stay_what_they_are():
    weight = torch.tensor([1.0, 2.0, 3.0])
    assert agree(lambda x: x * weight + torch.tensor(2.0) + np.float32(3) + torch.zeros(3)) is not None


def test_a_tensor_of_the_source_that_is_written_into_is_new_in_every_run():
    assert agree(lambda x: torch.tensor(0.0).add_(x.sum())) is not None


def test_what_is_written_into_outside_is_written_once_a_call():
    buffer, scaled = torch.zeros(3), torch.ones(2, 3)

    @engine.compile
    def fn(x):
        scaled[0].mul_(2)
        return buffer.add_(x) * 1

    for n in (1, 2, 3):
        np.testing.assert_array_equal(fn(FIRST).numpy(), n * FIRST.numpy())
        np.testing.assert_array_equal(buffer.numpy(), n * FIRST.numpy())
        np.testing.assert_array_equal(scaled.numpy(), [[2.0**n] * 3, [1, 1, 1]])


def test_an_argument_that_is_written_into_is_written_once_a_call():
    x = torch.zeros(3)
    compiled = engine.compile(lambda x: x.add_(1) * 2)
    for n in (1, 2):
        np.testing.assert_array_equal(compiled(x).numpy(), [2 * n] * 3)
        np.testing.assert_array_equal(x.numpy(), [n] * 3)


def test_donated_state_changes_once_a_call_and_views_of_it_are_read_before():
    state = [torch.zeros(2, 3), torch.ones(2, 3)]

    @lambda fn: engine.compile(fn, donate=(0,))
    def step(state, x):
        a, b = state
        row = a[0]
        return [a + x, b.t().reshape(2, 3) * 2], [row + b[1]]

    for n in range(3):
        _, (seen,) = step(state, FIRST)
        np.testing.assert_array_equal(seen.numpy(), n * FIRST.numpy() + 2**n)
        np.testing.assert_array_equal(state[0].numpy(), (n + 1) * np.stack([FIRST.numpy()] * 2))


def test_views_that_are_written_into_where_no_schema_tells_of_them():
    cell = torch.nn.GRU(3, 4, bidirectional=True).requires_grad_(False)
    assert agree(lambda x: cell(x.reshape(1, 1, 3))[0]) is not None


def test_recording_draws_no_random_numbers():
    generator = torch.Generator().manual_seed(3)
    compiled = engine.compile(lambda x: x * 0 + torch.rand(3) + torch.rand(3, generator=generator))
    torch.manual_seed(0)
    first = compiled(FIRST)
    torch.manual_seed(0)
    wanted = torch.rand(3) + torch.rand(3, generator=torch.Generator().manual_seed(3))
    np.testing.assert_allclose(first.numpy(), wanted.numpy(), rtol=1e-6)
    assert (compiled(FIRST) != first).all()


def test_a_recording_that_comes_to_nothing_leaves_the_state_of_other_generators():
    def fn(x):
        seen.append((np.random.rand(), random.random()))
        return x * float(x[0])

    seen: list = []
    engine.compile(fn)(FIRST)
    assert seen[0] == seen[1]  # recorded, then traced by shapes


def test_two_signatures():
    compiled = engine.compile(lambda x, scale: x * scale.sum())
    for scale in (torch.ones(2), torch.ones(3), torch.ones(2) * 2):
        np.testing.assert_allclose(compiled(FIRST, scale).numpy(), FIRST.numpy() * scale.sum().numpy())
    assert [entry.program is not None for entry in compiled._entries.values()] == [True, True]


def test_an_error_of_the_function_is_that_of_the_function():
    def fn(x):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        engine.compile(fn)(FIRST)
    assert not recordings and agree(lambda x: x + 1) is not None


def test_shapes_asked_for_inside_are_no_part_of_the_program():
    def fn(x):
        return x * len(engine.spec(lambda v: lamina.ops.reshape(v + x, (1, 3)), x).shape)

    assert agree(fn).__self__.code.count("torch.ops") == 1


def test_threads_record_apart_and_others_read_meanwhile():
    entered, read = threading.Event(), threading.Event()
    found: list = []

    def slow(x):
        y = x * 2
        entered.set()
        assert read.wait(30)
        return y + 1

    thread = threading.Thread(target=lambda: found.append(engine.compile(slow)(FIRST)))
    thread.start()
    assert entered.wait(30)
    values = SECOND.numpy().tolist(), float(SECOND[1]), (SECOND * 2).tolist()
    read.set()
    thread.join(30)
    assert values == ([1, 2, 3], 2, [2, 4, 6])
    np.testing.assert_array_equal(found[0].numpy(), FIRST.numpy() * 2 + 1)


def test_a_description_in_a_program_tells_no_values():
    seen: list = []
    compiled = engine.compile(lambda x: (seen.append(f"{x} {x!r}"), x * 1)[1])
    compiled(FIRST)
    assert program(compiled) is not None
    assert seen == ["FakeTensor(..., size=(3,)) FakeTensor(..., size=(3,))"]


def test_a_small_fit_does_without_the_compiler_of_torch():
    script = """
import sys
import numpy as np
import lamina
from lamina import layers
model = lamina.Sequential([lamina.Input((4,)), layers.Dense(3, activation="relu"), layers.Dropout(0.5),
                           layers.BatchNormalization(), layers.Dense(2, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
x, y = np.ones((40, 4), "float32"), np.zeros(40, "int32")
model.fit(x, y, batch_size=16, verbose=0)
model.evaluate(x, y, verbose=0), model.predict(x, verbose=0)
print([name for name in ("torch._dynamo", "sympy") if name in sys.modules])
"""
    env = {**os.environ, "LAMINA_ENGINE": "torch"}
    run = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=300)
    assert run.stdout.strip() == "[]", run.stderr


def given_memory(x):
    y = torch.zeros(3)
    y.data = x
    return y


@pytest.mark.parametrize(
    "fn",
    [
        lambda x: torch.nn.Parameter(x) * 2,
        lambda x: torch.nn.Parameter(x * 3) * 2,
        lambda x: torch.nn.Parameter(x * 3),
        lambda x: given_memory(x * 2) + 1,
    ],
)
def test_memory_that_no_operator_handed_on_is_no_constant(fn):
    agree(fn)


def test_memory_handed_out_as_dlpack_is_refused():
    with pytest.raises(RuntimeError):
        engine.compile(lambda x: x * torch.from_dlpack(torch.utils.dlpack.to_dlpack(x * 2)))(FIRST.clone())


def updated_list(x):
    total, fresh = x * 1, torch.zeros(3)
    torch._foreach_add_([total, fresh], 1.0)
    return total + x * 1 * 10 + (fresh + torch.zeros(3)) * 100


def updated_statistics(x):
    mean, variance = torch.zeros(1), torch.ones(1)
    y = torch.nn.functional.batch_norm(x[:, None] * x[:, None], mean, variance, training=True)
    return torch.cat([y[:, 0], mean, variance, torch.zeros(1)])


@pytest.mark.parametrize("fn", [updated_list, updated_statistics])
def test_what_operators_write_into_beside_their_first_argument_is_no_constant(fn):
    assert agree(fn) is not None


def test_running_statistics_outside_move_once_a_call():
    wanted, layer = torch.nn.BatchNorm1d(1), torch.nn.BatchNorm1d(1)
    compiled = engine.compile(lambda x: layer(x[:, None]).detach())
    for x in (FIRST, SECOND * 2, FIRST):
        np.testing.assert_allclose(compiled(x).numpy(), wanted(x[:, None]).detach().numpy(), rtol=1e-5)
        np.testing.assert_allclose(layer.running_mean.numpy(), wanted.running_mean.numpy(), rtol=1e-6)
        assert layer.num_batches_tracked == wanted.num_batches_tracked


def test_a_value_asked_for_after_a_write_outside_is_that_of_the_call():
    count = torch.zeros(2)

    @engine.compile
    def fn(x):
        count.add_(1)
        return x * count[0].item()

    for n in (1, 2, 3):
        np.testing.assert_array_equal(fn(FIRST).numpy(), n * FIRST.numpy())
        assert count.tolist() == [n, n]


def test_draws_before_a_value_that_is_asked_for_are_those_of_the_function():
    def fn(x):
        return x * np.random.rand() * lamina.ops.convert_to_numpy(x)[0]

    np.random.seed(0)
    wanted = FIRST.numpy() * np.random.rand() * 3
    np.random.seed(0)
    np.testing.assert_allclose(engine.compile(fn)(FIRST).numpy(), wanted, rtol=1e-5)
