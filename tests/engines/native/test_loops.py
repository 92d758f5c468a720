"""What a scan repeats is a plan of its own: the values of the definition step by step, and what it costs."""

import numpy as np
import pytest

from lamina import ops, tree
from lamina.engines import native
from lamina.engines.native import _loops, _succession
from lamina.engines.native._compile import CompiledFunction
from lamina.engines.native._graph import Spec
from lamina.engines.native._tracing import traced_graph
from lamina.engines.native.passes import _stages

RNG = np.random.default_rng(0)
XS, A, B, W = (RNG.normal(size=s) for s in ((7, 3, 4), (3, 4), (3, 4), (4, 4)))


@pytest.fixture(params=["calls", "machine code"], autouse=True)
def kind(request):
    if request.param == "machine code":
        request.getfixturevalue("with_machine_code")
    return request.param


def last(x, size=3):
    """A state of which nothing but itself is kept."""
    return ops.scan(lambda d, _: (d * 0.9, d), x, None, length=size)[0]


BODIES = {
    "a product": lambda c, x, w: ((np.tanh(c[0] @ w + x), c[1]), c[0]),
    "states that change places": lambda c, x, w: ((c[1], c[0]), c[0] * x),
    "what was kept of a state": lambda c, x, w: ((c[0] + 1, c[0]), (c[1], x)),
    "states that stay": lambda c, x, w: (c, x * 2),
    "states from rows": lambda c, x, w: ((x, c[0]), w.T),
    "a loop within": lambda c, x, w: ((last(c[0]) + x, c[1]), last(c[1], 2)),
    "parts of a state": lambda c, x, w: ((np.concatenate([c[0][:, 2:], c[0][:, :2] * x[:, :2]], 1), c[1]), c[0][:, 1]),
}


def step_by_step(body, xs, a, b, w, reverse):
    state, rows = (a, b), []
    for x in xs[::-1] if reverse else xs:
        state, y = body(state, x, w)
        rows.append(tree.map_structure(np.asarray, y))
    rows = rows[::-1] if reverse else rows
    return state, tree.map_structure(lambda *y: np.stack(y), *rows)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_steps_are_those_of_the_definition(body, reverse):
    def scan(xs, a, b, w):
        return native.scan(lambda c, x: body(c, x, w), (a, b), xs, reverse=reverse)

    compiled = native.compile(scan)
    for scale in (1.0, 0.5):  # a second call finds what the first has left
        found = compiled(XS * scale, A, B, W)
        for mine, other in zip(tree.flatten(found), tree.flatten(step_by_step(body, XS * scale, A, B, W, reverse))):
            np.testing.assert_allclose(mine, other, rtol=1e-12)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("name", ["a product", "states that change places", "a loop within", "parts of a state"])
def test_gradients_are_those_of_finite_differences(name, reverse):
    def loss(xs, a, b, w):
        state, ys = native.scan(lambda c, x: BODIES[name](c, x, w), (a, b), xs, reverse=reverse)
        return sum(np.sum(np.sin(y)) for y in [*state, *tree.flatten(ys)])

    value, gradients = native.compile(native.value_and_grad(loss, (0, 1, 2, 3)))(XS, A, B, W)
    np.testing.assert_allclose(value, loss(XS, A, B, W))
    arrays, step = [XS, A, B, W], 1e-6
    for place, gradient in enumerate(gradients):
        direction = RNG.normal(size=gradient.shape)
        ends = [
            loss(*[x + sign * step * direction if k == place else x for k, x in enumerate(arrays)]) for sign in (1, -1)
        ]
        np.testing.assert_allclose(np.sum(gradient * direction), np.subtract(*ends) / (2 * step), rtol=1e-6, atol=1e-7)


def scans(fn, *arrays):
    graph, _, _ = traced_graph(fn, [Spec(a.shape, a.dtype) for a in arrays])
    return [n for n in graph.nodes if n.primitive.repeats]


def loss(w, xs, a):
    return np.sum(native.scan(lambda c, x: (np.tanh(c @ w + x), c), a, xs)[1])


def test_the_states_of_the_way_back_are_kept_by_the_way_there():
    assert len(scans(native.value_and_grad(loss), W, XS, A)) == 2


def test_two_gradients_of_one_loop_and_a_gradient_of_a_gradient():
    def both(w, xs, a):
        first = native.value_and_grad(loss)(w, xs, a)[1]
        return first, native.value_and_grad(lambda w: np.sum(native.value_and_grad(loss)(w, xs, a)[1] ** 2))(w)[1]

    first, second = native.compile(both)(W, XS, A)
    np.testing.assert_allclose(first, native.value_and_grad(loss)(W, XS, A)[1])
    step, direction = 1e-6, RNG.normal(size=W.shape)
    ends = [np.sum(native.value_and_grad(loss)(W + s * step * direction, XS, A)[1] ** 2) for s in (1, -1)]
    np.testing.assert_allclose(np.sum(second * direction), np.subtract(*ends) / (2 * step), rtol=1e-5)


def test_the_plan_of_a_body_is_made_once_and_its_memory_counts(monkeypatch):
    function: CompiledFunction = native.compile(
        lambda xs, a, w: native.scan(lambda c, x: (np.tanh(c @ w + x), c), a, xs)
    )
    function(XS, A, W)
    (plan,) = function.plans
    (loop,) = plan.loops.values()
    assert isinstance(loop, _loops.Loop) and list(loop.places) == list(range(7))
    assert plan.memory_bytes() >= loop.plan.memory_bytes() + plan.arena_bytes > plan.arena_bytes


def test_what_a_body_takes_to_compile_is_counted():
    def written(fn):
        return sum(map(_succession._written, scans(fn, XS, A)))

    def short(xs, a):
        return native.scan(lambda c, x: (c + x, None), a, xs)[0]

    def long(xs, a):
        return native.scan(lambda c, x: (np.tanh(np.exp(c) * x + np.sin(c)), None), a, xs)[0]

    assert written(long) > written(short) > 0


def test_a_long_body_is_cut_into_stages(monkeypatch):
    for name, value in {
        "MIN_SECONDS": 0,
        "MIN_CALL_SECONDS": 0,
        "TILE_BYTES": 1,
        "BYTES_A_CALL": 0,
        "BYTES_A_SUM": 0,
    }.items():
        monkeypatch.setattr(_stages, name, value)
    monkeypatch.setattr(_stages, "COMPILED_TILE_BYTES", 1)
    xs, a = RNG.normal(size=(4, 64, 4)), RNG.normal(size=(64, 4))

    def scan(xs, a, w):
        return native.scan(lambda c, x: (np.tanh(np.exp(c - np.max(c, 1, keepdims=True)) @ w + x), c), a, xs)

    function = native.compile(scan)
    found = function(xs, a, W)
    (loop,) = function.plans[0].loops.values()
    assert loop.plan.stages
    for mine, other in zip(tree.flatten(found), tree.flatten(scan(xs, a, W))):
        np.testing.assert_allclose(mine, other, rtol=1e-12)
