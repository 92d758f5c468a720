"""The simple recurrent layer over a whole sequence: h = tanh(x·kernel + h·recurrent + bias)."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._emit import Emit
from .._graph import Spec
from .._primitive import Bound
from .._products import bind_product
from ._recurrent import (
    WayBack,
    blocks_shape,
    copy_all,
    fill_blocks,
    final_states,
    grad_shape,
    mask_room,
    out_shape,
    states_of,
    step_mask,
    step_numbers,
    way_back,
    way_workspace,
    whole_sequence,
    without_x,
)
from ._recurrent_emit import can_emit
from ._simple_rnn_emit import emit_simple_rnn, emit_simple_rnn_grad


def _simple_rnn_shape(x: Any, h0: Any, *_: Any, reverse: bool, sequences: bool) -> tuple[Spec, ...]:
    return Spec(out_shape(x, h0, sequences), x.dtype), Spec(blocks_shape(x, h0), x.dtype)


def _simple_rnn_workspace(x: Any, h0: Any, *others: Any, **_: Any) -> tuple[Spec, ...]:
    room = mask_room((x, *others))
    one = (Spec(h0.shape[::-1], x.dtype),) if room else ()
    return Spec((h0.shape[1], blocks_shape(x, h0)[1]), x.dtype), *room, *one


def _bind_simple_rnn(inputs: Any, outputs: Any, work: Any, reverse: bool, sequences: bool) -> Callable[[], None]:
    (x, h0, kernel, recurrent, bias, *mask), (out, blocks), (weights, *room) = inputs, outputs, work
    features, masked = x.shape[2], step_mask(mask, reverse, room)
    fill, states = fill_blocks(x, h0, blocks, reverse, masked), states_of(blocks, features)
    load = [(weights[:, :features], kernel.T), (weights[:, features:-1], recurrent.T), (weights[:, -1], bias)]
    one: Any = room[1] if room else None
    steps = [
        (bind_product(weights, block, h), before, h, on, off)
        for block, before, h, (on, off, _) in zip(blocks, states, states[1:], step_numbers(masked, x.shape[1]))
    ]
    finish = [final_states(states, out, sequences)]

    def run() -> None:
        fill()
        copy_all(load)
        for product, before, h, on, off in steps:
            product()
            np.tanh(h, h)
            if on is not None:
                np.multiply(h, on, h)
                np.multiply(before, off, one)
                np.add(h, one, h)
        copy_all(finish)

    return run


def _simple_rnn_vjp(
    g: Any, y: Any, x: Any, h0: Any, kernel: Any, recurrent: Any, bias: Any, *mask: Any, needed: Any, **how: Any
) -> tuple[Any, ...]:
    return without_x(simple_rnn_grad(g[0], kernel, recurrent, y[1], *mask, with_x=needed[0], **how), needed)


# Inputs x, h0, kernel, recurrent, bias, maybe a mask; outputs the states and the blocks.
simple_rnn = whole_sequence(
    "simple_rnn",
    calls=2,
    shape=_simple_rnn_shape,
    vjp=_simple_rnn_vjp,
    bound=Bound(bind=_bind_simple_rnn, workspace=_simple_rnn_workspace),
    emit=Emit(loops=emit_simple_rnn, takes_work=True, can=can_emit),
)

# --- the way back -----------------------------------------------------------------------------------------------------


def _simple_rnn_grad_workspace(
    g: Any, kernel: Any, recurrent: Any, blocks: Any, *mask: Any, with_x: bool, **_: Any
) -> tuple[Spec, ...]:
    units = recurrent.shape[0]
    weights, one = Spec((blocks.shape[1], units), blocks.dtype), Spec((units, blocks.shape[2]), blocks.dtype)
    return (
        *way_workspace(kernel, recurrent, blocks, 1, with_x), weights, one, one,
        *mask_room((blocks, *mask)),
    )  # fmt: skip


def _bind_simple_rnn_grad(
    inputs: Any, outputs: Any, work: Any, reverse: bool, sequences: bool, with_x: bool
) -> Callable[[], None]:
    (g, kernel, recurrent, blocks, *mask), (gx, gh, gk, gr, gb) = inputs, outputs
    *common, weights, dz, _ = work[:6]
    features, masked = kernel.shape[0], step_mask(mask, reverse, work[6:])
    way = WayBack(g, dz, weights, blocks, features, common, with_x, sequences, reverse, masked)
    load = [(weights[:features], kernel), (weights[features:-1], recurrent), (weights[-1], np.zeros_like(kernel[0]))]
    rows = [
        (h, way.behind[t], way.outside[t], way.add_up[t], way.back[t], way.dh[t], on, off)
        for t, (h, (on, off, _)) in enumerate(zip(states_of(blocks, features)[1:], step_numbers(masked, len(way.dh))))
    ][::-1]
    total = way.total.T
    finish = [(gk, total[:features]), (gr, total[features:-1]), (gb, total[-1]), *way.results(gx, gh)]

    def run() -> None:
        copy_all(load)
        way.start()
        for h, dh, outside, add_up, back, to_state, on, off in rows:
            if outside is not None:
                np.add(dh, outside, dh)
            np.multiply(h, h, dz)
            np.subtract(1, dz, dz)
            np.multiply(dz, dh, dz)
            if on is not None:
                np.multiply(dz, on, dz)
            add_up()
            np.add(way.total, way.part, way.total)
            back()
            if off is not None:  # the state was the one before
                np.multiply(dh, off, dz)
                np.add(to_state, dz, to_state)
        copy_all(finish)

    return run


simple_rnn_grad = way_back(
    "simple_rnn_grad",
    calls=7,
    shape=lambda g, kernel, recurrent, blocks, *_, with_x, **__: grad_shape(
        kernel, recurrent, blocks, kernel.shape[1:], 1, with_x
    ),
    bound=Bound(bind=_bind_simple_rnn_grad, workspace=_simple_rnn_grad_workspace),
    emit=Emit(loops=emit_simple_rnn_grad, takes_work=True, can=can_emit),
)
