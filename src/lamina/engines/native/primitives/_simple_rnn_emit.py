"""The simple recurrent layer over a whole sequence in machine code: a product and one loop a step, forward and back."""

from collections.abc import Sequence
from typing import Any

from ._parts import at, columns_of, fill, rows, turned
from ._recurrent_emit import (
    copy_inputs_gradient,
    counts,
    fill_blocks,
    final_states,
    from_outside,
    keep_masked,
    start_of_way_back,
    step_mask,
    to_state,
)


def _load(f: Any, weights: Any, kernel: Any, recurrent: Any) -> None:
    """Kernels into the weights `(units, features + units + 1)`."""
    features, units = kernel.shape[0], recurrent.shape[0]
    f.copy(turned(kernel), columns_of(f, weights, 0, features))
    f.copy(turned(recurrent), columns_of(f, weights, features, features + units))


def _column(x: Any) -> Any:
    """A vector as a matrix of one column."""
    return x._replace(shape=(*x.shape, 1), strides=(*x.strides, 0))


def emit_simple_rnn(f: Any, inputs: Any, outputs: Any, work: Sequence[Any], reverse: bool, sequences: bool) -> None:
    x, h0, kernel, recurrent, bias, *mask = inputs
    (out, blocks), (weights, *room) = outputs, work
    (_, steps, features), units = x.shape, h0.shape[1]
    on = step_mask(f, mask, reverse, room)
    fill_blocks(f, x, h0, blocks, reverse, on)
    _load(f, weights, kernel, recurrent)
    f.copy(_column(bias), columns_of(f, weights, features + units, features + units + 1))
    with f.loop(steps) as t:
        block = at(f, blocks, t)
        before = rows(f, block, features, features + units)
        state = rows(f, at(f, blocks, f.add(t, f.index(1))), features, features + units)
        f.product(weights, block, state)
        with f.loops(state.shape) as i:
            h = f.tanh(f.load(state, i))
            f.store(h if on is None else f.choose(counts(f, on, t, i[1]), h, f.load(before, i)), state, i)
    final_states(f, blocks, out, features, sequences)


def emit_simple_rnn_grad(
    f: Any, inputs: Any, outputs: Any, work: Sequence[Any], reverse: bool, sequences: bool, with_x: bool
) -> None:
    g, kernel, recurrent, blocks, *mask = inputs
    gx, gh, gk, gr, gb = outputs
    total, _, by_step, weights, dz, dh, *room = work
    features, units, steps = kernel.shape[0], recurrent.shape[0], blocks.shape[0] - 1
    on = step_mask(f, mask, reverse, room)
    inside = turned(weights)
    _load(f, inside, kernel, recurrent)
    fill(f, columns_of(f, inside, features + units, features + units + 1), 0)
    start_of_way_back(f, g, total, dh, sequences)
    back = weights if with_x else rows(f, weights, features, features + units)
    with f.loop(steps) as i:
        t = f.subtract(f.index(steps - 1), i)
        _slopes(f, t, g if sequences else None, blocks, features, dh, dz, on)
        f.product(dz, turned(at(f, blocks, t)), total, adds=True)
        into = at(f, by_step, t)
        f.product(back, dz, into)
        to_state(f, rows(f, into, features, features + units) if with_x else into, dh, on)
    f.copy(turned(columns_of(f, total, 0, features)), gk)
    f.copy(turned(columns_of(f, total, features, features + units)), gr)
    f.copy(columns_of(f, total, features + units, features + units + 1), _column(gb))
    f.copy(turned(dh), gh)
    if with_x:
        copy_inputs_gradient(f, by_step, gx, features, reverse)


def _slopes(f: Any, t: Any, g: Any, blocks: Any, features: int, dh: Any, dz: Any, on: Any) -> None:
    """From the gradient of a step's state to that of what tanh was taken of, 0 where the step did not count."""
    state = rows(f, at(f, blocks, f.add(t, f.index(1))), features, features + dh.shape[0])
    outside = None if g is None else from_outside(f, g, t)
    with f.loops(dh.shape) as i:
        h, gradient = f.load(state, i), f.load(dh, i)
        if outside is not None:
            gradient = f.add(gradient, f.load(outside, i))
        slope = f.multiply(f.subtract(f.number(1, dh.dtype), f.multiply(h, h)), gradient)
        if on is not None:
            slope = f.choose(counts(f, on, t, i[1]), slope, f.number(0, dh.dtype))
            keep_masked(f, on, t, gradient, dh, i)
        f.store(slope, dz, i)
