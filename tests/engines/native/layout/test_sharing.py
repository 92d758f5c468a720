import numpy as np
import pytest

from lamina.engines.native.layout import Joined, Shares

# --- results over operands --------------------------------------------------------------------------------------------


def test_a_result_takes_over_an_operand_that_nobody_needs_any_more(program):
    p = program(lambda x: np.tanh(np.exp(x)), (4,))
    assert p.sharing.places == {p.value("tanh"): Shares(p.value("exp"))}
    assert p.sharing.home(p.value("tanh")) is p.value("exp")
    assert p.sharing.last_use[p.value("exp")] == 2  # the end: it is an output now


@pytest.mark.parametrize(
    "function, why",
    [
        (lambda x: [np.tanh(e := np.exp(x)), e], "the operand is a result itself"),
        (lambda x: np.tanh(x), "the operand is an input of the program"),
        (lambda x: (y := np.exp(x)) + np.transpose(y), "another operand looks at the same memory in another way"),
        (lambda x: np.tanh(np.transpose(np.exp(x))), "the operand is a view in another order"),
        (lambda x: np.tanh(np.exp(x)[:2]), "the operand is a part of something"),
        (lambda x: np.exp(x) @ np.exp(x), "a product reads its operands all along"),
        (lambda x: np.exp(x) > 0, "the result has another dtype"),
        (lambda x: np.exp(x[:1]) + np.zeros((3, 3), "float32"), "the result has another shape"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_a_result_does_not_take_over(function, why, program):
    p = program(function, (3, 3))
    assert p.graph.outputs[0] not in p.sharing.places


def test_the_second_operand_may_be_taken_where_the_first_is_needed(program):
    p = program(lambda x: (y := np.exp(x), y + np.sin(x)), (3,))
    assert p.sharing.places == {p.value("add"): Shares(p.value("sin"))}


# --- new state over the old -------------------------------------------------------------------------------------------


def test_new_state_is_written_over_the_old(program):
    p = program(lambda w, g: [w - g, np.sum(g)], (3,), (3,), donated={0: 0})
    assert p.sharing.written == {0}
    assert p.sharing.places[p.value("subtract")] == Shares(p.graph.inputs[0])


def test_state_that_stays_needs_no_copy(program):
    p = program(lambda w: [w, w * 2], (3,), donated={0: 0})
    assert p.sharing.written == {0} and p.value("multiply") not in p.sharing.places


@pytest.mark.parametrize(
    "function, why",
    [
        (lambda w, g: [w - g, w * 2], "the old is read after the new is made"),
        (lambda w, g: [w - g, w], "the old is a result too"),
        (lambda w, g: [np.transpose(w) - g, g], "the call reads the old in another order"),
        (lambda w, g: [w @ g, g], "the call reads the old all along"),
        (lambda w, g: [np.transpose(np.exp(w)), g], "the new is a view"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_new_state_is_copied_at_the_end_where(function, why, program):
    p = program(function, (3, 3), (3, 3), donated={0: 0})
    assert p.sharing.written == set() and p.graph.outputs[0] not in p.sharing.places


def test_one_value_replaces_one_state_only(program):
    p = program(lambda a, b: [(y := a + b), y], (3,), (3,), donated={0: 0, 1: 1})
    assert p.sharing.written == {0}  # the other is copied at the end


# --- parts of a concatenation -----------------------------------------------------------------------------------------


def test_parts_are_computed_where_they_belong(program):
    p = program(lambda a, b: np.concatenate([np.exp(a), np.tanh(b)]), (3,), (2,))
    whole = p.value("concatenate")
    assert p.sharing.places == {p.value("exp"): Joined(whole, 0), p.value("tanh"): Joined(whole, 12)}
    assert p.sharing.home(p.value("exp")) is whole


def test_parts_of_parts(program):
    p = program(lambda a: np.concatenate([np.sin(a), np.concatenate([np.exp(a), np.tanh(a)])]), (3,))
    inner, outer = p.value("concatenate"), p.value("concatenate", 1)
    assert p.sharing.places[p.value("tanh")] == Joined(inner, 12)
    assert p.sharing.places[inner] == Joined(outer, 12)
    assert p.sharing.home(p.value("tanh")) is outer


@pytest.mark.parametrize(
    "function, why",
    [
        (lambda a: np.concatenate([a, np.exp(a)], axis=1), "the parts have gaps"),
        (lambda a: np.concatenate([a, a * 1.0 @ a]), "an input stays where it is"),
        (lambda a: np.concatenate([np.transpose(np.exp(a)), a]), "the part is a view in another order"),
        (lambda a: np.concatenate([np.exp(a)[1:], a]), "the part is a part of something else"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_parts_are_copied_where(function, why, program):
    p = program(function, (3, 3))
    joined = [v for v, place in p.sharing.places.items() if isinstance(place, Joined)]
    assert all(v.node.primitive.name == "matmul" for v in joined)


def test_the_same_part_twice_is_joined_once(program):
    p = program(lambda a: np.concatenate([(e := np.exp(a)), e]), (3,))
    assert p.sharing.places == {p.value("exp"): Joined(p.value("concatenate"), 0)}
