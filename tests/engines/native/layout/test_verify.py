"""The judge of layouts finds every way in which values may get into each other's way."""

import dataclasses

import numpy as np
import pytest

from lamina.engines.native.layout import CHUNK, Joined, Owned, Scratch, Shares, View, lay_out, verify_layout

LONG = (4 * CHUNK,)


def moved(layout, **places):
    """The layout with some values elsewhere, by the names of their primitives; `from_` for an operand of the call."""
    by_name = {n.primitive.name: n.outputs[0] for n in layout.graph.nodes}
    changed = {by_name[name]: place(by_name) if callable(place) else place for name, place in places.items()}
    return dataclasses.replace(layout, places={**layout.places, **changed})


def test_layouts_as_they_are_made_are_sound(program):
    for p in (
        program(lambda x: np.tanh(np.exp(x)) @ x, (4, 4)),
        program(lambda x: np.concatenate([np.exp(x), np.tanh(x), x]), (4, 4)),
        program(lambda x: np.sum(np.sin(x) * np.cos(x)), LONG),
    ):
        verify_layout(lay_out(p.graph, {}))


@pytest.mark.parametrize(
    "function, shape, places, message",
    [
        (lambda x: np.cumsum(np.exp(x), 0) + np.exp(x), (4,), {"cumsum": Owned(0), "exp": Owned(0)}, "while it reads"),
        (lambda x: np.cumsum(np.exp(x), 0) + np.sin(x), (4,), {"sin": lambda of: Shares(of["cumsum"])}, "written over"),
        (lambda x: np.cumsum(np.exp(x), 0), (4,), {"cumsum": lambda of: Shares(of["exp"])}, "while it reads"),
        (lambda x: np.cumsum(np.exp(x), 0), (4,), {"cumsum": Owned(1 << 20)}, "outside the arena"),
        (lambda x: np.cumsum(np.exp(x), 0), (4,), {"exp": Owned(2)}, "not aligned"),
        (lambda x: [np.exp(x), np.sin(x)], (4,), {"exp": Owned(0), "sin": Owned(0)}, "the end reads.*written over"),
        (lambda x: [np.exp(x), np.sin(x)], (4,), {"exp": Owned(0), "sin": Owned(8)}, "the end reads.*written over"),
        (lambda x: np.linalg.qr(x)[0] + 1, (4, 4), {"qr": Owned(64)}, "two values to the same place"),
        (
            lambda x: np.concatenate([np.exp(x), np.sin(x)]), (4,),
            {"sin": lambda of: Joined(of["concatenate"], 0)}, "concatenate reads.*written over",
        ),
        (lambda x: np.sin(x) * np.cos(x), LONG, {"sin": Scratch(0), "cos": Scratch(64)}, "not piece by piece"),
        (lambda x: np.sin(x) * np.cos(x) + x[0], LONG, {"multiply": Scratch(0)}, "the end reads|not piece by piece"),
    ],
)  # fmt: skip
def test_finds(function, shape, places, message, program):
    layout = lay_out(program(function, shape).graph, {})
    verify_layout(layout)
    with pytest.raises(AssertionError, match=message):
        verify_layout(moved(layout, **places))


def test_scratch_is_gone_after_its_block(program):
    layout = lay_out(program(lambda x: np.sin(x) * np.cos(x), LONG).graph, {})
    out = layout.graph.outputs[0]
    with pytest.raises(AssertionError, match="the end reads"):
        verify_layout(
            dataclasses.replace(layout, places={**layout.places, out: Scratch(8 * CHUNK * 4)}, arena_bytes=1 << 30)
        )


def test_old_state_must_not_be_read_after_it_was_written_over(program):
    p = program(lambda w: [w - 1, np.sin(w)], (4,))
    layout = lay_out(p.graph, {})
    over = {**layout.places, p.value("subtract"): Shares(p.graph.inputs[0])}
    with pytest.raises(AssertionError, match="sin reads.*written over"):
        verify_layout(dataclasses.replace(layout, places=over))


def test_a_constant_is_never_written(program):
    p = program(lambda x: np.cumsum(x, 0) * np.arange(4, dtype="float32"), (4,))
    layout = lay_out(p.graph, {})
    constant = p.value("multiply").node.inputs[1]
    with pytest.raises(AssertionError, match="lies in a constant"):
        verify_layout(dataclasses.replace(layout, places={**layout.places, p.value("multiply"): Shares(constant)}))


def test_a_view_is_what_it_shows(program):
    p = program(lambda x: [np.transpose(y := np.cumsum(x, 0)) @ y, np.sin(x)], (4, 4))
    layout = lay_out(p.graph, {})
    assert layout.places[p.value("transpose")] == View(p.value("cumsum"))
    over = {**layout.places, p.value("sin"): layout.places[p.value("cumsum")]}
    nodes = sorted(p.graph.nodes, key=lambda n: ["cumsum", "transpose", "sin", "matmul"].index(n.primitive.name))
    p.graph.nodes[:] = nodes
    with pytest.raises(AssertionError, match="matmul reads.*written over"):
        verify_layout(dataclasses.replace(layout, places=over))
