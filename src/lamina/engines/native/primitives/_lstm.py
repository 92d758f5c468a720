"""Long short-term memory over a whole sequence (S. Hochreiter, J. Schmidhuber, 1997)."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._emit import Emit
from .._graph import Spec
from .._primitive import Bound
from .._products import bind_product
from ._lstm_emit import ORDER, emit_lstm, emit_lstm_grad
from ._recurrent import (
    WayBack,
    blocks_shape,
    copy_all,
    fill_blocks,
    final_states,
    gates_workspace,
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


def _gate_pairs(rows: np.ndarray, columns: np.ndarray, order: tuple[int, ...]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Blocks of rows inside beside the blocks of columns that hold the same gates outside."""
    units = len(rows) // len(order)
    return [
        (rows[k * units : (k + 1) * units], columns[..., place * units : (place + 1) * units].T)
        for k, place in enumerate(order)
    ]


def _lstm_shape(x: Any, h0: Any, *_: Any, reverse: bool, sequences: bool) -> tuple[Spec, ...]:
    (batch, steps, _), units = x.shape, h0.shape[1]
    shapes = (
        out_shape(x, h0, sequences), (batch, units), blocks_shape(x, h0),
        (steps, 4 * units, batch), (steps + 1, units, batch), (steps, units, batch),
    )  # fmt: skip
    return tuple(Spec(shape, x.dtype) for shape in shapes)


def _bind_lstm(inputs: Any, outputs: Any, work: Any, reverse: bool, sequences: bool) -> Callable[[], None]:
    x, h0, c0, kernel, recurrent, bias, *mask = inputs
    (out, last, blocks, gates, cells, squashed), (weights, one, *room) = outputs, work
    features, units, masked = x.shape[2], h0.shape[1], step_mask(mask, reverse, room)
    fill, states = fill_blocks(x, h0, blocks, reverse, masked), states_of(blocks, features)
    load = [
        *_gate_pairs(weights[:, :features], kernel, ORDER),
        *_gate_pairs(weights[:, features:-1], recurrent, ORDER),
        *_gate_pairs(weights[:, -1], bias, ORDER),
        (cells[0], c0.T),
    ]
    sigmoid_weights = weights[: 3 * units]
    steps = [
        (
            bind_product(weights, blocks[t], gate), gate, gate[: 3 * units],
            *(gate[k * units : (k + 1) * units] for k in range(4)), cells[t], cells[t + 1], squashed[t], states[t],
            states[t + 1], off, half,
        )
        for t, (gate, (_, off, half)) in enumerate(zip(gates, step_numbers(masked, len(gates))))
    ]  # fmt: skip
    finish = [final_states(states, out, sequences), (last, cells[-1].T)]

    def run() -> None:
        fill()
        copy_all(load)
        np.multiply(sigmoid_weights, 0.5, sigmoid_weights)
        for product, gate, sigmoids, i, f, o, candidate, before, cell, tanh_c, h_before, h, off, half in steps:
            product()
            np.tanh(gate, gate)
            np.multiply(sigmoids, half, sigmoids)
            np.add(sigmoids, half, sigmoids)
            if off is not None:
                np.add(f, off, f)
            np.multiply(f, before, cell)
            np.multiply(i, candidate, one)
            np.add(cell, one, cell)
            np.tanh(cell, tanh_c)
            np.multiply(o, tanh_c, h)
            if off is not None:
                np.multiply(h_before, off, one)
                np.add(h, one, h)
        copy_all(finish)

    return run


def _lstm_vjp(
    g: Any, y: Any, x: Any, h0: Any, c0: Any, kernel: Any, recurrent: Any, bias: Any, *mask: Any, needed: Any, **how: Any
) -> tuple[Any, ...]:  # fmt: skip
    return without_x(lstm_grad(g[0], g[1], kernel, recurrent, *y[2:], *mask, with_x=needed[0], **how), needed)


# Inputs x, h0, c0, kernel, recurrent, bias, maybe a mask; outputs the states, the last cell, and for the way back blocks,
# gates, cells, tanh of the cells.
lstm = whole_sequence(
    "lstm",
    calls=9,
    states=2,
    shape=_lstm_shape,
    vjp=_lstm_vjp,
    bound=Bound(bind=_bind_lstm, workspace=gates_workspace),
    emit=Emit(loops=emit_lstm, takes_work=True, can=can_emit),
)

# --- the way back -----------------------------------------------------------------------------------------------------


def _lstm_grad_workspace(
    g: Any, gc: Any, kernel: Any, recurrent: Any, blocks: Any, *others: Any, with_x: bool, **_: Any
) -> tuple[Spec, ...]:
    units, batch = recurrent.shape[0], blocks.shape[2]
    shapes = (blocks.shape[1], 4 * units), (4 * units, batch), (3 * units, batch), (units, batch), (units, batch)
    return (
        *way_workspace(kernel, recurrent, blocks, 4, with_x), *(Spec(s, blocks.dtype) for s in shapes),
        *mask_room((blocks, *others)),
    )  # fmt: skip


def _bind_lstm_grad(
    inputs: Any, outputs: Any, work: Any, reverse: bool, sequences: bool, with_x: bool
) -> Callable[[], None]:
    g, gc, kernel, recurrent, blocks, gates, cells, squashed, *mask = inputs
    gx, gh, g_cell, gk, gr, gb = outputs
    *common, weights, dz, slopes, one, dc = work[:8]
    features, units, masked = kernel.shape[0], recurrent.shape[0], step_mask(mask, reverse, work[8:])
    way = WayBack(g, dz, weights, blocks, features, common, with_x, sequences, reverse, masked)
    inside = weights.T
    load = [
        *_gate_pairs(inside[:, :features], kernel, ORDER),
        *_gate_pairs(inside[:, features:-1], recurrent, ORDER),
        (inside[:, -1], np.zeros_like(inside[:, -1])),
        (dc, gc.T),
    ]
    di, df, do, dg = (dz[k * units : (k + 1) * units] for k in range(4))
    d_sigmoids = dz[: 3 * units]
    rows = [
        (
            gate[: 3 * units], *(gate[k * units : (k + 1) * units] for k in range(4)), cells[t], squashed[t],
            way.behind[t], way.outside[t], way.add_up[t], way.back[t], way.dh[t], off,
        )
        for t, (gate, (_, off, _)) in enumerate(zip(gates, step_numbers(masked, len(gates))))
    ][::-1]  # fmt: skip
    finish = [
        *((outer, rows_) for rows_, outer in _gate_pairs(way.total[:, :features], gk, ORDER)),
        *((outer, rows_) for rows_, outer in _gate_pairs(way.total[:, features:-1], gr, ORDER)),
        *((outer, rows_) for rows_, outer in _gate_pairs(way.total[:, -1], gb, ORDER)),
        (g_cell, dc.T),
        *way.results(gx, gh),
    ]

    def run() -> None:
        copy_all(load)
        way.start()
        for sigmoids, i, f, o, candidate, before, tanh_c, dh, outside, add_up, back, to_state, off in rows:
            if outside is not None:
                np.add(dh, outside, dh)
            # dc += dh · o · (1 - tanh(c)²)
            np.multiply(tanh_c, tanh_c, one)
            np.subtract(1, one, one)
            np.multiply(one, o, one)
            np.multiply(one, dh, one)
            np.add(dc, one, dc)
            # What reaches the gates, times their slopes s (1 - s) and 1 - tanh².
            np.multiply(dc, candidate, di)
            np.multiply(dc, before, df)
            np.multiply(dh, tanh_c, do)
            np.subtract(1, sigmoids, slopes)
            np.multiply(slopes, sigmoids, slopes)
            np.multiply(d_sigmoids, slopes, d_sigmoids)
            np.multiply(candidate, candidate, dg)
            np.subtract(1, dg, dg)
            np.multiply(dg, i, dg)
            np.multiply(dg, dc, dg)
            np.multiply(dc, f, dc)
            add_up()
            np.add(way.total, way.part, way.total)
            back()
            if off is not None:  # the state was the one before
                np.multiply(dh, off, one)
                np.add(to_state, one, to_state)
        copy_all(finish)

    return run


lstm_grad = way_back(
    "lstm_grad",
    calls=19,
    states=2,
    shape=lambda g, gc, kernel, recurrent, blocks, *_, with_x, **__: grad_shape(
        kernel, recurrent, blocks, kernel.shape[1:], 2, with_x
    ),
    bound=Bound(bind=_bind_lstm_grad, workspace=_lstm_grad_workspace),
    emit=Emit(loops=emit_lstm_grad, takes_work=True, can=can_emit),
)
