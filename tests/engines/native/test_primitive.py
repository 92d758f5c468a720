"""A primitive is its record: one made anywhere is traced, differentiated, simplified, tiled and planned like one of ours."""

import dataclasses

import numpy as np
import pytest

from lamina.engines import native
from lamina.engines.native._cut import WHOLE, along_another_axis
from lamina.engines.native._graph import Node, Spec, Var
from lamina.engines.native._primitive import MOVES, NO_GRADIENT, Bound, Cost, Primitive
from lamina.engines.native.passes import _stages


def _centred(x, axis, out=None):
    return np.subtract(x, np.mean(x, axis, keepdims=True), out=out)


def _bind_centred(inputs, outputs, work, axis):
    (x,), (out,), (line,) = inputs, outputs, work

    def run():
        np.mean(x, axis, out=line, keepdims=True)
        np.subtract(x, line, out)

    return run


def _of_centred(node, emit):
    """centred(centred(x)) -> centred(x)."""
    (x,) = node.inputs
    again = x.node is not None and x.node.primitive is centred and x.node.params == node.params
    return x if again else None


def _line(x, axis):
    return (Spec(tuple(1 if i == axis else n for i, n in enumerate(x.shape)), x.dtype),)


centred = Primitive(
    "centred",
    forward=_centred,
    shape=lambda x, axis: Spec(x.shape, x.dtype),
    vjp=(lambda g, y, x, axis: centred(g, axis=axis),),
    cut=along_another_axis,
    rewrites=(_of_centred,),
    inplace=(0,),
    bound=Bound(bind=_bind_centred, workspace=_line),
)
X = np.random.default_rng(0).standard_normal((9, 4)).astype("float32")
CENTRED = X - X.mean(1, keepdims=True)


@pytest.fixture
def in_tiles(monkeypatch):
    monkeypatch.setattr(_stages, "MIN_SECONDS", 0)
    monkeypatch.setattr(_stages, "MIN_CALL_SECONDS", 0)
    monkeypatch.setattr(_stages, "TILE_BYTES", 1)
    monkeypatch.setattr(_stages, "BYTES_A_CALL", 0)


def test_called_on_an_array_it_runs_at_once():
    result = centred(X, axis=1)
    assert isinstance(result, native.Tensor)
    np.testing.assert_allclose(result, CENTRED, rtol=1e-5, atol=1e-6)


def test_from_outside_it_is_planned_in_its_bound_form():
    compiled = native.compile(lambda x: centred(np.exp(np.log(np.exp(x))), axis=1))
    expected = np.exp(X) - np.exp(X).mean(1, keepdims=True)
    np.testing.assert_allclose(compiled(X), expected, rtol=1e-4, atol=1e-5)
    assert "centred_0()" in compiled.plans[0].source
    assert compiled.plans[0].arena_bytes <= 9 * 4 * 4 + 64 + 128  # in place, and a line


def test_from_outside_it_is_simplified():
    compiled = native.compile(lambda x: centred(centred(x, axis=1), axis=1))
    compiled(X)
    assert [n.primitive for n in compiled.plans[0].graph.nodes] == [centred]


def test_from_outside_it_is_differentiated():
    weights = np.arange(36, dtype="float32").reshape(9, 4)
    loss = lambda x: np.sum(centred(x, axis=1) * weights)  # noqa: E731
    expected = weights - weights.mean(1, keepdims=True)
    for function in (native.value_and_grad(loss), native.compile(native.value_and_grad(loss))):
        np.testing.assert_allclose(function(X)[1], expected, rtol=1e-5, atol=1e-5)


def test_from_outside_it_is_tiled(in_tiles):
    compiled = native.compile(lambda x: np.exp(centred(x, axis=1)))
    np.testing.assert_allclose(compiled(X), np.exp(CENTRED), rtol=1e-5)
    graph = compiled.plans[0].graph
    assert [n.primitive.name for n in graph.nodes] == ["stage"]
    inside = [n.primitive for n, _ in graph.nodes[0].params["stage"].nodes]
    assert centred in inside


def test_along_the_batch_it_is_not(in_tiles):
    compiled = native.compile(lambda x: centred(np.exp(x), axis=0))
    np.testing.assert_allclose(compiled(X), np.exp(X) - np.exp(X).mean(0), rtol=1e-4, atol=1e-5)
    assert centred in [n.primitive for n in compiled.plans[0].graph.nodes]


# --- the record -------------------------------------------------------------------------------------------------------

RULES = {"forward": np.tanh, "shape": lambda x: Spec(x.shape, x.dtype), "vjp": NO_GRADIENT, "cut": WHOLE}


@pytest.mark.parametrize("rule", RULES)
def test_what_lacks_a_rule_is_named(rule):
    with pytest.raises(TypeError, match=rf"'squash' has no {rule}\. .*NO_GRADIENT.*WHOLE"):
        Primitive("squash", **{name: value for name, value in RULES.items() if name != rule})


def test_it_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        centred.cut = WHOLE


def test_a_gradient_that_is_not_there_is_named():
    half = Primitive("half", **{**RULES, "vjp": (None, lambda g, y, a, b: g)}, elementwise=True)
    with pytest.raises(TypeError, match="gradient of half with respect to its input 0"):
        half.gradients(X, X, [X, X], [True, True], {})


def test_one_rule_may_give_all_gradients():
    both = Primitive("both", **{**RULES, "vjp": lambda g, y, a, b, needed: [g if n else None for n in needed]})
    assert both.gradients(X, X, [X, X], [False, True], {}) == [None, X]


@pytest.mark.parametrize(
    "cost, flops",
    [(Cost(), 12), (Cost(multiplications=lambda x: 50), 100), (Cost(flops=lambda x: 7), 7), (MOVES, 0)],
    ids=["one an element", "two a multiplication", "its own", "none"],
)
def test_flops(cost, flops):
    x = Var((3, 4), np.dtype("float32"))
    node = Node(Primitive("p", **RULES, cost=cost), [x], {})
    assert node.primitive.flops(node) == flops
