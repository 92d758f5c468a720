"""The judges that are at work in every test find a pass that does wrong."""

import numpy as np
import pytest

from lamina.engines import native
from lamina.engines.native.control import _backward
from lamina.engines.native.layout import Owned, _layout
from lamina.engines.native.passes import _simplify
from lamina.engines.native.primitives import _arithmetic

X = np.arange(1, 7, dtype="float32").reshape(2, 3)


def wrong_pass(monkeypatch, change):
    """Lets the last step of simplification be followed by `change`; the judges come after it."""
    monkeypatch.setattr(_simplify, "_live", lambda nodes, outputs: change(nodes))


def test_a_value_that_is_not_defined_is_found(monkeypatch):
    wrong_pass(monkeypatch, lambda nodes: nodes[1:])
    with pytest.raises(AssertionError, match="after simplify: .* reads an undefined value"):
        native.compile(lambda x: np.tanh(np.exp(x)))(X)


def test_a_value_that_is_defined_twice_is_found(monkeypatch):
    wrong_pass(monkeypatch, lambda nodes: [*nodes, nodes[0]])
    with pytest.raises(AssertionError, match="after simplify: exp defines a value twice"):
        native.compile(lambda x: np.tanh(np.exp(x)))(X)


def test_a_wrong_shape_is_found(monkeypatch):
    def flatten(nodes):
        nodes[-1].outputs[0].shape = (6,)
        return nodes

    wrong_pass(monkeypatch, flatten)
    with pytest.raises(AssertionError, match="after simplify: tanh gives"):
        native.compile(lambda x: np.tanh(np.exp(x)))(X)


def _reversed(nodes):
    for node in nodes:
        if node.primitive is _arithmetic.subtract:
            node.inputs.reverse()
    return nodes


def test_wrong_numbers_are_found(monkeypatch):
    wrong_pass(monkeypatch, _reversed)
    with pytest.raises(AssertionError, match="a plan differs from its program"):
        native.compile(lambda x: np.exp(x) - x)(X)


def test_wrong_numbers_are_found_where_a_loop_runs_the_plan(monkeypatch):
    wrong_pass(monkeypatch, _reversed)
    step = native.compile(lambda s, x, i: ([s[0] - np.sum(np.take(x, i, axis=0))], s[0]), donate=(0,), resident=(1,))
    with pytest.raises(AssertionError, match="a plan differs from its program"):
        step.loop([np.zeros((), "float32")], X, rows=np.array([[0], [1]]))


def test_values_in_each_others_way_are_found(monkeypatch):
    pack = _layout.pack

    def all_in_one_place(*args):
        places, total, free = pack(*args)
        return dict.fromkeys(places, Owned(0)), total, free

    monkeypatch.setattr(_layout, "pack", all_in_one_place)
    with pytest.raises(AssertionError, match="cumsum writes over .* while it reads it"):
        native.compile(lambda x: np.cumsum(np.cumsum(x, 0), 0))(X)


def test_a_program_inside_a_program_is_checked(monkeypatch):
    backward = _backward.backward

    def another_shape(*args):
        return [g if g is None else np.reshape(g, (1, *g.shape)) for g in backward(*args)]

    monkeypatch.setattr(_backward, "backward", another_shape)
    loss = lambda x: np.sum(native.scan(lambda c, r: (c * r, c), np.ones(3, "float32"), x)[0])  # noqa: E731
    with pytest.raises((AssertionError, ValueError), match="changes shape|gives|differs"):
        native.compile(native.value_and_grad(loss))(X)
