"""What the recurrent kernels share in machine code: loading weights, filling blocks, copying states (see `_recurrent`)."""

from collections.abc import Sequence
from typing import Any

from ._parts import at, fill, rows, turned


def can_emit(kind: Any, inputs: Any, outputs: Any, **_: Any) -> bool:
    """Where BLAS takes floats of this dtype."""
    x, size = inputs[0], inputs[0].dtype.itemsize
    workspace = x._replace(shape=(64, 64), strides=(64 * size, size))  # as it lies there
    return kind.can_multiply(workspace, workspace, workspace)


def step_mask(f: Any, mask: Sequence[Any], reverse: bool, room: Sequence[Any]) -> Any:
    """A mask `(batch, steps)`, if there is one, as numbers `(steps, batch)` in the order of processing: 1 where a step counts."""
    if not mask:
        return None
    (batch, steps), kept = mask[0].shape, at(f, room[0], f.index(0))
    on = kept._replace(shape=(steps, batch), strides=kept.strides[::2])
    with f.loops(on.shape) as (t, sample):
        place = f.subtract(f.index(steps - 1), t) if reverse else t
        f.store(f.cast(f.load(mask[0], (sample, place)), on.dtype), on, (t, sample))
    return on


def counts(f: Any, on: Any, t: Any, sample: Any) -> Any:
    """Whether a step counts for a sample, of a `step_mask`."""
    return f.compare("greater", f.load(on, (t, sample)), f.number(0, on.dtype))


def fill_blocks(f: Any, x: Any, h0: Any, blocks: Any, reverse: bool, on: Any = None) -> None:
    """The inputs, the first state and the ones of the blocks, as `_recurrent.fill_blocks`."""
    (_, steps, features), units = x.shape, h0.shape[1]
    with f.loop(steps) as t:
        block = at(f, blocks, t)
        source = at(f, x._replace(shape=(steps, *x.shape[::2]), strides=(x.strides[1], *x.strides[::2])),
                    f.subtract(f.index(steps - 1), t) if reverse else t)  # fmt: skip
        into = rows(f, block, 0, features)
        f.copy(turned(source), into)
        if on is not None:
            with f.loops(into.shape) as i:  # zeros, whatever stands there
                f.store(f.choose(counts(f, on, t, i[1]), f.load(into, i), f.number(0, x.dtype)), into, i)
    fill(f, rows(f, at(f, blocks, f.index(steps)), 0, features), 0)
    f.copy(turned(h0), rows(f, at(f, blocks, f.index(0)), features, features + units))
    with f.loop(steps + 1) as t:
        fill(f, rows(f, at(f, blocks, t), features + units, features + units + 1), 1)


def final_states(f: Any, blocks: Any, out: Any, features: int, sequences: bool) -> None:
    """All states to `(batch, steps, units)`, or the last one to `(batch, units)`."""
    steps, units = blocks.shape[0] - 1, out.shape[-1]
    if not sequences:
        f.copy(turned(rows(f, at(f, blocks, f.index(steps)), features, features + units)), out)
        return
    by_step = out._replace(shape=(steps, out.shape[0], units), strides=(out.strides[1], out.strides[0], out.strides[2]))
    with f.loop(steps) as t:
        state = rows(f, at(f, blocks, f.add(t, f.index(1))), features, features + units)
        f.copy(turned(state), at(f, by_step, t))


def copy_inputs_gradient(f: Any, by_step: Any, gx: Any, features: int, reverse: bool) -> None:
    """What the steps gave, `(steps, rows, batch)`, to `(batch, steps, features)`."""
    steps = by_step.shape[0]
    by_place = gx._replace(shape=(steps, gx.shape[0], features), strides=(gx.strides[1], gx.strides[0], gx.strides[2]))
    with f.loop(steps) as t:
        place = f.subtract(f.index(steps - 1), t) if reverse else t
        f.copy(turned(rows(f, at(f, by_step, t), 0, features)), at(f, by_place, place))


def halve(f: Any, weights: Any) -> None:
    """Sigmoids are computed as (tanh(x / 2) + 1) / 2."""
    with f.loops(weights.shape) as i:
        f.store(f.multiply(f.load(weights, i), f.number(0.5, weights.dtype)), weights, i)


def start_of_way_back(f: Any, g: Any, total: Any, dh: Any, sequences: bool) -> None:
    """No gradient of the weights yet, and that of the last state, which each step adds where all states have one."""
    fill(f, total, 0)
    if sequences:
        fill(f, dh, 0)
    else:
        f.copy(turned(g), dh)


def from_outside(f: Any, g: Any, t: Any) -> Any:
    """The gradient of a step's state, of those `(batch, steps, units)`, as `(units, batch)`."""
    return g._replace(pointer=f.address(g, (f.index(0), t)), shape=g.shape[:1:-1] + g.shape[:1],
                      strides=(g.strides[2], g.strides[0]))  # fmt: skip


def keep_masked(f: Any, on: Any, t: Any, gradient: Any, dh: Any, i: Any) -> None:
    """Of the gradient of a state what passes to the state before as it is, where the step did not count, into `dh`."""
    f.store(f.choose(counts(f, on, t, i[1]), f.number(0, dh.dtype), gradient), dh, i)


def to_state(f: Any, source: Any, dh: Any, on: Any) -> None:
    """What a step gives to the state before it, beside what passed it."""
    if on is None:
        f.copy(source, dh)
        return
    with f.loops(dh.shape) as i:
        f.store(f.add(f.load(dh, i), f.load(source, i)), dh, i)


def gate_parts(f: Any, inside: Any, outside: Any, order: Sequence[int]) -> list[tuple[Any, Any]]:
    """Blocks of rows `(4 units, n)` inside beside the blocks of columns outside, `(n, 4 units)`, turned."""
    units, columns = inside.shape[0] // len(order), turned(outside)
    return [
        (rows(f, inside, k * units, (k + 1) * units), rows(f, columns, place * units, (place + 1) * units))
        for k, place in enumerate(order)
    ]
