"""Rules of simplification: what they leave of a program, and that what is left gives the same numbers."""

import itertools

import numpy as np
import pytest

from lamina.engines import native
from lamina.engines.native._graph import Spec, verify
from lamina.engines.native._reference import run_graph
from lamina.engines.native._trace import current_trace
from lamina.engines.native._tracer import Tracer
from lamina.engines.native._tracing import traced_graph
from lamina.engines.native.passes import simplify


def traced(fn, *shapes, dtype="float32"):
    graph, _, _ = traced_graph(fn, [Spec(s, np.dtype(dtype)) for s in shapes])
    return graph


def constant(value):
    """A traced constant, as differentiation makes them."""
    trace = current_trace()
    return Tracer(trace.var(np.float32(value)), trace)


def negated(x, times):
    for _ in range(times):
        x = np.negative(x)
    return x


def names(graph):
    return [n.primitive.name for n in graph.nodes]


@pytest.mark.parametrize(
    "fn, expected",
    [
        (lambda x: (np.exp(x), x + 1)[1], ["add"]),  # dead code
        (lambda x: np.exp(x) * np.exp(x), ["exp", "multiply"]),  # equal calls
        (lambda x: x * 1 + 0, []),
        (lambda x: x / 1 - 0, []),
        (lambda x: np.negative(np.negative(x)), []),
        (lambda x: x + (-np.exp(x)), ["exp", "subtract"]),
        (lambda x: x - (-np.exp(x)), ["exp", "add"]),
        (lambda x: np.reshape(np.reshape(x, (4, 3)), (12,)), ["reshape"]),
        (lambda x: np.reshape(np.reshape(x, (4, 3)), (3, 4)), []),
        (lambda x: np.transpose(np.transpose(x)), []),
        (lambda x: np.transpose(np.transpose(x[None], (1, 0, 2)), (1, 2, 0)), ["reshape", "transpose"]),
        (lambda x: np.broadcast_to(np.broadcast_to(x, (2, 3, 4)), (5, 2, 3, 4)), ["broadcast_to"]),
        (lambda x: x * (np.sqrt(np.float32(4)) * 2), ["multiply"]),  # constants
        (lambda x: x + np.broadcast_to(np.sum(x), (3, 4)) * 2, ["sum", "multiply", "add"]),  # the scalar first
        (lambda x: x + np.broadcast_to(np.sum(x), (3, 4)), ["sum", "add"]),  # NumPy broadcasts by itself
        (lambda x: native.stop_gradient(x) * 2, ["multiply"]),
    ],
)
def test_what_is_left(fn, expected):
    result = simplify(traced(fn, (3, 4)))
    verify(result, "simplify")
    assert names(result) == expected


@pytest.mark.parametrize(
    "fn, expected",
    [
        # What one rule emits is a case for another.
        (lambda x: x * np.broadcast_to(np.sum(x) * 0 + np.float32(1), (3, 4)), ["sum", "multiply", "add", "multiply"]),
        (lambda x: np.broadcast_to(constant(1), (3, 4)) * x, []),
        (lambda x: x + negated(np.exp(x), 2), ["exp", "add"]),
        (lambda x: x - negated(np.exp(x), 3), ["exp", "add"]),
        (lambda x: np.reshape(np.reshape(np.reshape(x, (2, 6)), (4, 3)), (3, 4)) * 2, ["multiply"]),
        (lambda x: np.transpose(np.transpose(np.transpose(np.transpose(x)))), []),
    ],
)
def test_what_a_rule_emits_is_simplified_too(fn, expected):
    assert names(simplify(traced(fn, (3, 4)))) == expected


def test_nothing_is_left_to_do_the_second_time():
    def loss(w, x):
        h = np.tanh(x @ w) * 1.0 + 0.0
        return np.mean(np.square(h - np.broadcast_to(np.mean(h), h.shape)))

    once = simplify(traced(native.value_and_grad(loss), (3, 4), (5, 3)))
    assert names(simplify(once)) == names(once)
    ones = [
        v for n in once.nodes if n.primitive.name == "multiply" for v in n.inputs if v.is_constant and v.shape == ()
    ]
    assert all(v.value != 1 for v in ones)


# --- by numbers -------------------------------------------------------------------------------------------------------

EDGES = np.array([0.0, -0.0, 1.0, -1.0, 2.5, -3.5, 1e-40, 3e38, np.inf, -np.inf, np.nan], "float32")
SHAPES = [(11,), (1,), (11, 1), (1, 11), (3, 1, 11), ()]
OPERATORS = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.true_divide, "max": np.maximum, "power": np.power}


def operand(shape):
    size = int(np.prod(shape))
    return np.resize(EDGES, size).reshape(shape) if size != 1 else np.full(shape, -2.5, "float32")


def same(got, expected):
    np.testing.assert_array_equal(got, expected)  # NaN is NaN, and 0 is -0
    assert (got.shape, got.dtype) == (expected.shape, expected.dtype)


def judged(fn, *arrays):
    """Runs the program of `fn` before and after simplification; the results must be equal to the last bit."""
    graph = traced(fn, *(a.shape for a in arrays))
    result = simplify(graph)
    verify(result, "simplify")
    with np.errstate(all="ignore"):
        for got, expected in zip(run_graph(result, arrays), run_graph(graph, arrays), strict=True):
            same(np.asarray(got), np.asarray(expected))
        return run_graph(result, arrays)


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("value", [0.0, 1.0, -0.0, -1.0, 2.0])
@pytest.mark.parametrize("shape, other", list(itertools.product(SHAPES, SHAPES)), ids=str)
def test_a_constant_on_either_side(name, value, shape, other):
    """x ∘ c and c ∘ x, the constant of the same shape, of one element, of a shape that broadcasts or is broadcast to."""
    f, x, c = OPERATORS[name], operand(shape), np.full(other, value, "float32")
    for fn in (lambda x: f(x, c), lambda x: f(c, x)):
        (got,) = judged(fn, x)
        with np.errstate(all="ignore"):
            same(got, np.asarray(fn(x)))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_zero_minus_x_is_minus_x(shape):
    x = operand(shape)
    (got,) = judged(lambda x: 0 - x, x)
    same(got, np.asarray(0 - x))


@pytest.mark.parametrize("zeros", [(3, 1), (2, 3, 4), (4,), (1, 1)], ids=str)
@pytest.mark.parametrize("f", [np.add, np.subtract], ids=["+", "-"])
def test_zeros_of_another_shape_broadcast(f, zeros):
    x = np.arange(4, dtype="float32")
    (got,) = judged(lambda x: f(x, np.zeros(zeros, "float32")), x)
    assert got.shape == np.broadcast_shapes((4,), zeros)
    same(got, f(x, np.zeros(zeros, "float32")))


@pytest.mark.parametrize("a, b", list(itertools.product([(3, 4), (4,), (1, 4), (3, 1), ()], repeat=2)), ids=str)
def test_negatives_of_operands_that_broadcast(a, b):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal(a).astype("float32"), rng.standard_normal(b).astype("float32")
    for fn in (lambda x, y: x + (-y), lambda x, y: x - (-y), lambda x, y: (-x) + y, lambda x, y: negated(x - y, 2)):
        judged(fn, np.asarray(x), np.asarray(y))


@pytest.mark.parametrize("first, second", list(itertools.product(itertools.permutations(range(3)), repeat=2)), ids=str)
def test_transposes_of_transposes(first, second):
    x = np.arange(24, dtype="float32").reshape(2, 3, 4)
    (got,) = judged(lambda x: np.transpose(np.transpose(x, first), second), x)
    same(got, x.transpose(first).transpose(second))


def test_integers_are_simplified_as_integers():
    graph = traced(lambda x: (x * 1 + 0) // 1 - 0, (4,), dtype="int32")
    (got,) = run_graph(simplify(graph), [np.arange(-2, 2, dtype="int32")])
    same(got, np.arange(-2, 2, dtype="int32"))


def test_equal_calls_with_different_parameters_stay_apart():
    x = np.arange(6, dtype="float32").reshape(2, 3)
    got = judged(lambda x: [np.sum(x, axis=0), np.sum(x, axis=1), np.sum(x, axis=0, keepdims=True)], x)
    assert [g.shape for g in got] == [(3,), (2,), (1, 3)]


def test_constants_that_look_alike_stay_apart():
    x = np.zeros(3, "float32")
    got = judged(lambda x: [x / np.float32(0.0), x / np.float32(-0.0), x * 1, x * True], x + 1)
    np.testing.assert_array_equal(got[:2], [[np.inf] * 3, [-np.inf] * 3])


def test_a_large_constant_is_not_kept():
    graph = simplify(traced(lambda x: x[:1] + np.broadcast_to(constant(3) * 2, (1 << 15,)), (1 << 15,)))
    assert all(v.nbytes < 100 for n in graph.nodes for v in n.inputs if v.is_constant)
