"""Recurrent layers over a whole sequence: simple RNN, LSTM and GRU, forward and backward, in place step by step.

Inside, units come before the batch: a step reads one block `(features + units + 1, batch)` that stacks the step's input,
the state before it and a row of ones, so that one product gives all gates with their bias, each gate is one contiguous
block of rows, and the new state is written where the next step reads it. The blocks and gates are outputs of the forward
primitive, which the backward primitive takes up. Sigmoids are computed as (tanh(x / 2) + 1) / 2: all gates of a step in
one call, without overflow. All views are made when a kernel is bound to its arrays; a step is nothing but NumPy calls.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._graph import Spec
from .._primitive import Primitive
from .._products import bind_product

Arrays = tuple[np.ndarray, ...]


def _recurrent_primitive(name: str, calls: int, way_back: int = 0) -> Primitive:
    """A primitive whose eager call is its bound form on fresh arrays; `calls` of NumPy a step. On the way back the gradients
    of `way_back` results come first among the inputs, then the kernel."""
    primitive = Primitive(name)

    @primitive.forward
    def forward(*inputs: np.ndarray, **how: Any) -> Arrays:
        outputs = [np.empty(s.shape, s.dtype) for s in primitive.output_specs(list(inputs), how)]  # type: ignore[arg-type]
        primitive.fill(inputs, outputs, **how)
        return tuple(outputs)

    def sizes(inputs: Any) -> tuple[int, int]:
        """Steps and batch."""
        if way_back:
            blocks = next(v for v in inputs[way_back:] if len(v.shape) == 3)
            return blocks.shape[0] - 1, blocks.shape[2]
        return inputs[0].shape[1], inputs[0].shape[0]

    def multiplications(*inputs: Any, with_x: bool = True, **_: Any) -> int:
        """Of a step's input and state with the weights; on the way back of the weights' gradients too, and the input's
        where it is needed."""
        at = way_back or len(inputs) - 3
        (features, gates), (units, _) = inputs[at].shape, inputs[at + 1].shape
        rows = features + units
        return math.prod(sizes(inputs)) * gates * (rows + (rows if with_x else units) if way_back else rows)

    primitive.calls = lambda *inputs: calls * sizes(inputs)[0]
    primitive.multiplications = multiplications
    return primitive


def _fill_blocks(x: np.ndarray, h0: np.ndarray, blocks: np.ndarray, reverse: bool) -> Callable[[], None]:
    """Writes the inputs, the first state and the ones into the blocks `(steps + 1, features + units + 1, batch)`, in the
    order of processing; the other states are filled in by the steps."""
    features = x.shape[2]
    inputs, last = blocks[:-1, :features], blocks[-1, :features]
    source = (x[:, ::-1] if reverse else x).transpose(1, 2, 0)
    first, ones, start = blocks[0, features:-1], blocks[:, -1], h0.T

    def run() -> None:
        np.copyto(inputs, source)
        last.fill(0)
        np.copyto(first, start)
        ones.fill(1)

    return run


def _states(blocks: np.ndarray, features: int) -> np.ndarray:
    """The states `(steps + 1, units, batch)`, the first one included."""
    return blocks[:, features:-1]


def _result(states: np.ndarray, out: np.ndarray, sequences: bool) -> tuple[np.ndarray, np.ndarray]:
    """What to copy at the end: all states to `(batch, steps, units)`, or the last one to `(batch, units)`."""
    return out, (states[1:].transpose(2, 0, 1) if sequences else states[-1].T)


def _incoming(g: np.ndarray, sequences: bool) -> np.ndarray:
    """A view of the gradients of the states as `(steps, units, batch)`; of the last state alone, one step."""
    return g.transpose(1, 2, 0) if sequences else g.T[None]


class _Way:
    """What the ways back have in common: the weights and the sum of their gradients, and the input's.

    The products of a step are `dz @ block.T`, added to the gradient of the weights `(gates, features + units + 1)`, and
    `weights.T @ dz`, the gradient of the block (of the state alone where nobody asks for the input's).
    """

    def __init__(self, g: np.ndarray, dz: np.ndarray, weights: np.ndarray, blocks: np.ndarray, features: int,
                 work: Any, with_x: bool, sequences: bool, reverse: bool):  # fmt: skip
        self.features, self.with_x, self.reverse = features, with_x, reverse
        self.total, self.part, by_step = work
        self.add_up = [bind_product(dz, block.T, self.part) for block in blocks[:-1]]
        rows = weights if with_x else weights[features:-1]
        self.back = [bind_product(rows, dz, into) for into in by_step]
        self.dx = by_step[:, :features]
        self.dh = by_step[:, features:-1] if with_x else by_step
        self.incoming = _incoming(g, sequences)
        self.last = np.empty_like(self.dh[0])
        steps = len(by_step)
        # The gradient that reaches a state from behind, from the next step and from outside.
        self.behind = [*self.dh[1:], self.last]
        self.outside = [self.incoming[t] if sequences and t < steps - 1 else None for t in range(steps)]

    def start(self) -> None:
        np.copyto(self.last, self.incoming[-1])
        self.total.fill(0)

    def results(self, gx: np.ndarray, gh: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """What to copy at the end for the gradients of x and of the first state."""
        pairs = [(gh, self.dh[0].T)]
        if self.with_x:
            moved = self.dx.transpose(2, 0, 1)
            pairs.append((gx, moved[:, ::-1] if self.reverse else moved))
        return pairs


def _way_workspace(kernel: Any, recurrent: Any, blocks: Any, gates: int, with_x: bool) -> tuple[Spec, ...]:
    rows, batch, units = blocks.shape[1], blocks.shape[2], recurrent.shape[0]
    weights = Spec((gates * units, rows), blocks.dtype)
    return weights, weights, Spec((blocks.shape[0] - 1, rows if with_x else units, batch), blocks.dtype)


def _grad_shape(
    kernel: Any, recurrent: Any, blocks: Any, bias: tuple[int, ...], states: int, with_x: bool
) -> tuple[Spec, ...]:
    steps, batch = blocks.shape[0] - 1, blocks.shape[2]
    return (
        Spec((batch, steps, kernel.shape[0]) if with_x else (batch, 0), blocks.dtype),
        *(Spec((batch, recurrent.shape[0]), blocks.dtype),) * states,
        Spec(kernel.shape, blocks.dtype),
        Spec(recurrent.shape, blocks.dtype),
        Spec(bias, blocks.dtype),
    )


def _out_shape(x: Any, h0: Any, sequences: bool) -> tuple[int, ...]:
    return (*x.shape[:2], h0.shape[1]) if sequences else h0.shape


def _blocks_shape(x: Any, h0: Any) -> tuple[int, ...]:
    (batch, steps, features), units = x.shape, h0.shape[1]
    return steps + 1, features + units + 1, batch


def _without_x(gradients: tuple, needed: tuple[bool, ...]) -> tuple:
    """The gradients with None in place of an input's that was not computed."""
    return gradients if needed[0] else (None, *gradients[1:])


def _no_second_order(name: str) -> Any:
    def vjp(*_: Any, **__: Any) -> Any:
        raise TypeError(
            f"{name}: the gradient of a gradient through the whole-sequence kernel is not defined. layers.RNN over a "
            "cell, such as RNN(LSTMCell(units)), runs step by step and has derivatives of any order."
        )

    return vjp


def _copy(pairs: list[tuple[np.ndarray, np.ndarray]]) -> None:
    for target, source in pairs:
        np.copyto(target, source)


# --- simple RNN -------------------------------------------------------------------------------------------------------

# Inputs x, h0, kernel, recurrent, bias; outputs the states and the blocks.
simple_rnn = _recurrent_primitive("simple_rnn", 2)


@simple_rnn.shape
def _simple_rnn_shape(x: Any, h0: Any, *_: Any, reverse: bool, sequences: bool) -> tuple[Spec, ...]:
    return Spec(_out_shape(x, h0, sequences), x.dtype), Spec(_blocks_shape(x, h0), x.dtype)


simple_rnn.workspace(lambda x, h0, *_, **__: (Spec((h0.shape[1], _blocks_shape(x, h0)[1]), x.dtype),))


@simple_rnn.bind
def _bind_simple_rnn(inputs: Any, outputs: Any, work: Any, reverse: bool, sequences: bool) -> Callable[[], None]:
    (x, h0, kernel, recurrent, bias), (out, blocks), (weights,) = inputs, outputs, work
    features = x.shape[2]
    fill, states = _fill_blocks(x, h0, blocks, reverse), _states(blocks, features)
    load = [(weights[:, :features], kernel.T), (weights[:, features:-1], recurrent.T), (weights[:, -1], bias)]
    steps = [(bind_product(weights, block, h), h) for block, h in zip(blocks, states[1:])]
    finish = [_result(states, out, sequences)]

    def run() -> None:
        fill()
        _copy(load)
        for product, h in steps:
            product()
            np.tanh(h, h)
        _copy(finish)

    return run


def _simple_rnn_vjp(
    g: Any, y: Any, x: Any, h0: Any, kernel: Any, recurrent: Any, bias: Any, needed: Any, **how: Any
) -> tuple:
    return _without_x(simple_rnn_grad(g[0], kernel, recurrent, y[1], with_x=needed[0], **how), needed)


simple_rnn.vjp_needed = _simple_rnn_vjp
simple_rnn_grad = _recurrent_primitive("simple_rnn_grad", 7, way_back=1)
simple_rnn_grad.shape(
    lambda g, kernel, recurrent, blocks, with_x, **_: _grad_shape(
        kernel, recurrent, blocks, kernel.shape[1:], 1, with_x
    )
)


@simple_rnn_grad.workspace
def _simple_rnn_grad_workspace(
    g: Any, kernel: Any, recurrent: Any, blocks: Any, with_x: bool, **_: Any
) -> tuple[Spec, ...]:
    units = recurrent.shape[0]
    weights = Spec((blocks.shape[1], units), blocks.dtype)
    return (
        *_way_workspace(kernel, recurrent, blocks, 1, with_x), weights, Spec((units, blocks.shape[2]), blocks.dtype)
    )  # fmt: skip


@simple_rnn_grad.bind
def _bind_simple_rnn_grad(
    inputs: Any, outputs: Any, work: Any, reverse: bool, sequences: bool, with_x: bool
) -> Callable[[], None]:
    (g, kernel, recurrent, blocks), (gx, gh, gk, gr, gb), (*common, weights, dz) = inputs, outputs, work
    features = kernel.shape[0]
    way = _Way(g, dz, weights, blocks, features, common, with_x, sequences, reverse)
    load = [(weights[:features], kernel), (weights[features:-1], recurrent), (weights[-1], np.zeros_like(kernel[0]))]
    rows = list(zip(_states(blocks, features)[1:], way.behind, way.outside, way.add_up, way.back))[::-1]
    total = way.total.T
    finish = [(gk, total[:features]), (gr, total[features:-1]), (gb, total[-1]), *way.results(gx, gh)]

    def run() -> None:
        _copy(load)
        way.start()
        for h, dh, outside, add_up, back in rows:
            if outside is not None:
                np.add(dh, outside, dh)
            np.multiply(h, h, dz)
            np.subtract(1, dz, dz)
            np.multiply(dz, dh, dz)
            add_up()
            np.add(way.total, way.part, way.total)
            back()
        _copy(finish)

    return run


simple_rnn_grad.vjp_all = _no_second_order("simple_rnn")


# --- LSTM -------------------------------------------------------------------------------------------------------------

# Rows of the weights inside: gates i, f, o (sigmoids together), then the candidate; Keras's order is i, f, c, o.
_LSTM_ORDER = (0, 1, 3, 2)


def _gate_pairs(rows: np.ndarray, columns: np.ndarray, order: tuple[int, ...]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Blocks of rows inside beside the blocks of columns that hold the same gates outside."""
    units = len(rows) // len(order)
    return [
        (rows[k * units : (k + 1) * units], columns[..., place * units : (place + 1) * units].T)
        for k, place in enumerate(order)
    ]


# Inputs x, h0, c0, kernel, recurrent, bias; outputs the states, the last cell, and for the way back blocks, gates, cells,
# tanh of the cells.
lstm = _recurrent_primitive("lstm", 9)


@lstm.shape
def _lstm_shape(x: Any, h0: Any, *_: Any, reverse: bool, sequences: bool) -> tuple[Spec, ...]:
    (batch, steps, _), units = x.shape, h0.shape[1]
    shapes = (
        _out_shape(x, h0, sequences), (batch, units), _blocks_shape(x, h0),
        (steps, 4 * units, batch), (steps + 1, units, batch), (steps, units, batch),
    )  # fmt: skip
    return tuple(Spec(shape, x.dtype) for shape in shapes)


@lstm.workspace
def _lstm_workspace(x: Any, h0: Any, *_: Any, **__: Any) -> tuple[Spec, ...]:
    units = h0.shape[1]
    return Spec((4 * units, _blocks_shape(x, h0)[1]), x.dtype), Spec((units, x.shape[0]), x.dtype)


@lstm.bind
def _bind_lstm(inputs: Any, outputs: Any, work: Any, reverse: bool, sequences: bool) -> Callable[[], None]:
    (x, h0, c0, kernel, recurrent, bias), (out, last, blocks, gates, cells, squashed), (weights, one) = (
        inputs, outputs, work
    )  # fmt: skip
    features, units = x.shape[2], h0.shape[1]
    fill, states = _fill_blocks(x, h0, blocks, reverse), _states(blocks, features)
    load = [
        *_gate_pairs(weights[:, :features], kernel, _LSTM_ORDER),
        *_gate_pairs(weights[:, features:-1], recurrent, _LSTM_ORDER),
        *_gate_pairs(weights[:, -1], bias, _LSTM_ORDER),
        (cells[0], c0.T),
    ]
    sigmoid_weights = weights[: 3 * units]
    steps = [
        (
            bind_product(weights, blocks[t], gate), gate, gate[: 3 * units],
            *(gate[k * units : (k + 1) * units] for k in range(4)), cells[t], cells[t + 1], squashed[t], states[t + 1],
        )
        for t, gate in enumerate(gates)
    ]  # fmt: skip
    finish = [_result(states, out, sequences), (last, cells[-1].T)]

    def run() -> None:
        fill()
        _copy(load)
        np.multiply(sigmoid_weights, 0.5, sigmoid_weights)
        for product, gate, sigmoids, i, f, o, candidate, before, cell, tanh_c, h in steps:
            product()
            np.tanh(gate, gate)
            np.multiply(sigmoids, 0.5, sigmoids)
            np.add(sigmoids, 0.5, sigmoids)
            np.multiply(f, before, cell)
            np.multiply(i, candidate, one)
            np.add(cell, one, cell)
            np.tanh(cell, tanh_c)
            np.multiply(o, tanh_c, h)
        _copy(finish)

    return run


def _lstm_vjp(
    g: Any, y: Any, x: Any, h0: Any, c0: Any, kernel: Any, recurrent: Any, bias: Any, needed: Any, **how: Any
) -> tuple:
    return _without_x(lstm_grad(g[0], g[1], kernel, recurrent, *y[2:], with_x=needed[0], **how), needed)


lstm.vjp_needed = _lstm_vjp
lstm_grad = _recurrent_primitive("lstm_grad", 19, way_back=2)
lstm_grad.shape(
    lambda g, gc, kernel, recurrent, blocks, *_, with_x, **__: _grad_shape(
        kernel, recurrent, blocks, kernel.shape[1:], 2, with_x
    )
)


@lstm_grad.workspace
def _lstm_grad_workspace(
    g: Any, gc: Any, kernel: Any, recurrent: Any, blocks: Any, *_: Any, with_x: bool, **__: Any
) -> tuple[Spec, ...]:
    units, batch = recurrent.shape[0], blocks.shape[2]
    shapes = (blocks.shape[1], 4 * units), (4 * units, batch), (3 * units, batch), (units, batch), (units, batch)
    return *_way_workspace(kernel, recurrent, blocks, 4, with_x), *(Spec(s, blocks.dtype) for s in shapes)


@lstm_grad.bind
def _bind_lstm_grad(
    inputs: Any, outputs: Any, work: Any, reverse: bool, sequences: bool, with_x: bool
) -> Callable[[], None]:
    g, gc, kernel, recurrent, blocks, gates, cells, squashed = inputs
    gx, gh, g_cell, gk, gr, gb = outputs
    *common, weights, dz, slopes, one, dc = work
    features, units = kernel.shape[0], recurrent.shape[0]
    way = _Way(g, dz, weights, blocks, features, common, with_x, sequences, reverse)
    inside = weights.T
    load = [
        *_gate_pairs(inside[:, :features], kernel, _LSTM_ORDER),
        *_gate_pairs(inside[:, features:-1], recurrent, _LSTM_ORDER),
        (inside[:, -1], np.zeros_like(inside[:, -1])),
        (dc, gc.T),
    ]
    di, df, do, dg = (dz[k * units : (k + 1) * units] for k in range(4))
    d_sigmoids = dz[: 3 * units]
    rows = [
        (
            gate[: 3 * units], *(gate[k * units : (k + 1) * units] for k in range(4)), cells[t], squashed[t],
            way.behind[t], way.outside[t], way.add_up[t], way.back[t],
        )
        for t, gate in enumerate(gates)
    ][::-1]  # fmt: skip
    finish = [
        *((outer, rows_) for rows_, outer in _gate_pairs(way.total[:, :features], gk, _LSTM_ORDER)),
        *((outer, rows_) for rows_, outer in _gate_pairs(way.total[:, features:-1], gr, _LSTM_ORDER)),
        *((outer, rows_) for rows_, outer in _gate_pairs(way.total[:, -1], gb, _LSTM_ORDER)),
        (g_cell, dc.T),
        *way.results(gx, gh),
    ]

    def run() -> None:
        _copy(load)
        way.start()
        for sigmoids, i, f, o, candidate, before, tanh_c, dh, outside, add_up, back in rows:
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
        _copy(finish)

    return run


lstm_grad.vjp_all = _no_second_order("lstm")


# --- GRU, its reset gate applied after the product --------------------------------------------------------------------


def _gru_weights(
    kernel: np.ndarray, recurrent: np.ndarray, bias: np.ndarray, weights: np.ndarray
) -> Callable[[], None]:
    """Fills `(4 units, features + units + 1)`: z, r, then the candidate's part from the input and that from the state."""
    features, units = kernel.shape[0], recurrent.shape[0]
    split = 2 * units
    pairs = [
        (weights[: 3 * units, :features], kernel.T),
        (weights[:split, features:-1], recurrent[:, :split].T),
        (weights[3 * units :, features:-1], recurrent[:, split:].T),
        (weights[: 3 * units, -1], bias[0]),
        (weights[3 * units :, -1], bias[1, split:]),
    ]
    gate_bias, recurrent_bias = weights[:split, -1], bias[1, :split]
    empty = [weights[split : 3 * units, features:-1], weights[3 * units :, :features]]

    def fill() -> None:
        _copy(pairs)
        np.add(gate_bias, recurrent_bias, gate_bias)
        for part in empty:
            part.fill(0)

    return fill


# Inputs x, h0, kernel, recurrent, bias (2, 3 units); outputs the states, the blocks, and z, r, the candidate and its part
# from the state at each step.
gru = _recurrent_primitive("gru", 10)


@gru.shape
def _gru_shape(x: Any, h0: Any, *_: Any, reverse: bool, sequences: bool) -> tuple[Spec, ...]:
    (batch, steps, _), units = x.shape, h0.shape[1]
    return (
        Spec(_out_shape(x, h0, sequences), x.dtype),
        Spec(_blocks_shape(x, h0), x.dtype),
        Spec((steps, 4 * units, batch), x.dtype),
    )


gru.workspace(_lstm_workspace)


@gru.bind
def _bind_gru(inputs: Any, outputs: Any, work: Any, reverse: bool, sequences: bool) -> Callable[[], None]:
    (x, h0, kernel, recurrent, bias), (out, blocks, gates), (weights, one) = inputs, outputs, work
    features, units = x.shape[2], h0.shape[1]
    fill, states = _fill_blocks(x, h0, blocks, reverse), _states(blocks, features)
    load = _gru_weights(kernel, recurrent, bias, weights)
    sigmoid_weights = weights[: 2 * units]
    steps = [
        (
            bind_product(weights, blocks[t], gate), gate[: 2 * units],
            *(gate[k * units : (k + 1) * units] for k in range(4)), states[t], states[t + 1],
        )
        for t, gate in enumerate(gates)
    ]  # fmt: skip
    finish = [_result(states, out, sequences)]

    def run() -> None:
        fill()
        load()
        np.multiply(sigmoid_weights, 0.5, sigmoid_weights)
        for product, sigmoids, z, r, candidate, from_state, before, h in steps:
            product()
            np.tanh(sigmoids, sigmoids)
            np.multiply(sigmoids, 0.5, sigmoids)
            np.add(sigmoids, 0.5, sigmoids)
            np.multiply(r, from_state, one)
            np.add(candidate, one, candidate)
            np.tanh(candidate, candidate)
            np.subtract(before, candidate, h)  # candidate + z · (before - candidate)
            np.multiply(h, z, h)
            np.add(h, candidate, h)
        _copy(finish)

    return run


def _gru_vjp(g: Any, y: Any, x: Any, h0: Any, kernel: Any, recurrent: Any, bias: Any, needed: Any, **how: Any) -> tuple:
    return _without_x(gru_grad(g[0], kernel, recurrent, bias, y[1], y[2], with_x=needed[0], **how), needed)


gru.vjp_needed = _gru_vjp
gru_grad = _recurrent_primitive("gru_grad", 20, way_back=1)
gru_grad.shape(
    lambda g, kernel, recurrent, bias, blocks, *_, with_x, **__: _grad_shape(
        kernel, recurrent, blocks, bias.shape, 1, with_x
    )
)


@gru_grad.workspace
def _gru_grad_workspace(
    g: Any, kernel: Any, recurrent: Any, bias: Any, blocks: Any, *_: Any, with_x: bool, **__: Any
) -> tuple[Spec, ...]:
    units, batch, rows = recurrent.shape[0], blocks.shape[2], blocks.shape[1]
    shapes = (rows, 4 * units), (4 * units, batch), (2 * units, batch), (units, batch), (units, batch)
    return *_way_workspace(kernel, recurrent, blocks, 4, with_x), *(Spec(s, blocks.dtype) for s in shapes)


@gru_grad.bind
def _bind_gru_grad(
    inputs: Any, outputs: Any, work: Any, reverse: bool, sequences: bool, with_x: bool
) -> Callable[[], None]:
    g, kernel, recurrent, bias, blocks, gates = inputs
    gx, gh, gk, gr, gb = outputs
    *common, weights, dz, slopes, one, direct = work
    features, units = kernel.shape[0], recurrent.shape[0]
    split, states = 2 * units, _states(blocks, features)
    way = _Way(g, dz, weights, blocks, features, common, with_x, sequences, reverse)
    load = _gru_weights(kernel, recurrent, bias, weights.T)
    update_g, reset_g, input_g, state_g = (dz[k * units : (k + 1) * units] for k in range(4))
    d_sigmoids = dz[:split]
    rows = [
        (
            gate[:split], *(gate[k * units : (k + 1) * units] for k in range(4)), states[t],
            way.behind[t], way.outside[t], way.add_up[t], way.back[t], way.dh[t],
        )
        for t, gate in enumerate(gates)
    ][::-1]  # fmt: skip
    total = way.total.T
    finish = [
        (gk, total[:features, : 3 * units]),
        (gr[:, :split], total[features:-1, :split]), (gr[:, split:], total[features:-1, split + units :]),
        (gb[0], total[-1, : 3 * units]), (gb[1, :split], total[-1, :split]), (gb[1, split:], total[-1, split + units :]),
        *way.results(gx, gh),
    ]  # fmt: skip

    def run() -> None:
        load()
        way.start()
        for sigmoids, z, r, candidate, from_state, before, dh, outside, add_up, back, to_state in rows:
            if outside is not None:
                np.add(dh, outside, dh)
            # The candidate: dh · (1 - z) · (1 - candidate²); its part from the state, r times that.
            np.subtract(1, sigmoids, slopes)
            np.multiply(candidate, candidate, input_g)
            np.subtract(1, input_g, input_g)
            np.multiply(input_g, slopes[:units], input_g)
            np.multiply(input_g, dh, input_g)
            np.multiply(input_g, r, state_g)
            np.multiply(slopes, sigmoids, slopes)
            np.multiply(input_g, from_state, reset_g)
            np.subtract(before, candidate, one)
            np.multiply(one, dh, update_g)
            np.multiply(d_sigmoids, slopes, d_sigmoids)
            np.multiply(dh, z, direct)
            add_up()
            np.add(way.total, way.part, way.total)
            back()
            np.add(to_state, direct, to_state)
        _copy(finish)

    return run


gru_grad.vjp_all = _no_second_order("gru")
