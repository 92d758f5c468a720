"""Rules on what outputs depend on: other samples of a batch, later steps, or the answer itself. The model is asked a few rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lamina import tree

from ._case import Answer, Call, Case
from ._examples import sequence_of_words
from ._head import SPARSE
from ._network import is_of_library, is_operation, kind
from ._rule import PASS, Rule, Seen, seen

_ROWS = 16  # asked at once, and half of them, from the middle, alone
_HALF = slice(_ROWS // 4, 3 * _ROWS // 4)
_MOST = 256  # rows of which inputs and targets are compared
_APART = 1e-3  # of their spread: that much outputs differ where something else has changed
# Operations of a graph that keep samples apart.
_BY_SAMPLE = {
    "Add", "Subtract", "Multiply", "TrueDivide", "Divide", "Maximum", "Minimum", "Negative", "Absolute", "Abs", "Square", "Sqrt",
    "Exp", "Log", "GetItem", "Cast", "ExpandDims", "Squeeze", "Relu", "Sigmoid", "Tanh", "Gelu", "Silu", "Softplus", "Elu",
    "LeakyRelu", "Power", "Clip", "Where",
}  # fmt: skip
_WITH_STATISTICS = ("BatchNormalization", "SpectralNormalization")  # asked for by training=True


def samples_mixed(case: Case) -> Iterator[Seen]:
    if case.answer is None or not case.is_default or any(head.loss is None for head in case.heads):
        return
    if not _may_mix(case) or _size(case.batch) < _ROWS:
        return
    rows = _taken(case.batch, slice(_ROWS))
    whole, half = case.answer(rows), case.answer(_taken(rows, _HALF))
    if whole is None or half is None or not _has_rows(whole, _ROWS) or not _has_rows(half, _ROWS // 2):
        return
    if any(call.outputs.dtype.itemsize < 4 for call in whole.calls):
        return  # rounding, of half precision, differs with the number of rows
    if not _differ([o[_HALF] for o in whole.outputs], half.outputs) or _is_drawn(case, rows, whole):
        return
    call = _first_apart(whole.calls, half.calls)
    if call is not None and kind(call.layer) in _WITH_STATISTICS:
        return
    name = "the model" if call is None else call.layer.name
    yield seen(
        None if call is None else call.path, f"What {name} gives for a sample depends on the other samples of the batch: the "
        f"outputs for {_ROWS // 2} samples are others when {_ROWS // 2} more stand beside them.",
        f"axis=-1 for axis=0 in {name}, or BatchNormalization, which keeps what it has seen of the data.", rows=_ROWS,
    )  # fmt: skip


def _may_mix(case: Case) -> bool:
    """Whether a network has parts whose rows may not be apart: layers of one's own, and operations."""
    parts = [*case.network.layers, *case.network.model._flatten_layers(include_self=False)]
    own = any(kind(part) == "Lambda" or not is_of_library(part) for part in parts)
    return own or any(is_operation(o) and kind(o) not in _BY_SAMPLE for o in case.network.operations)


def _is_drawn(case: Case, rows: Any, first: Answer) -> bool:
    """Whether outputs are others each time."""
    assert case.answer is not None
    again = case.answer(rows, times=2)
    return again is None or _differ(first.outputs, again.outputs)


def _has_rows(answer: Answer, count: int) -> bool:
    """Whether each output has a row for each sample, and its width is no number of samples."""
    return all(
        o.ndim > 1 and len(o) == count and count not in o.shape[1:] and o.dtype.kind == "f" for o in answer.outputs
    )


def _differ(some: list[np.ndarray], others: list[np.ndarray]) -> bool:
    """Whether outputs for the same rows are apart."""
    pairs = [(a, b) for a, b in zip(some, others) if a.size and a.shape == b.shape]
    return any(bool(np.abs(_floats(a) - _floats(b)).max() > _APART * _spread(a)) for a, b in pairs)


def _spread(values: np.ndarray) -> float:
    """How far values go from their mean, and no less than what is seen over the rounding of their size."""
    values = _floats(values)
    return float(max(np.abs(values - values.mean()).max(), 0.1 * np.abs(values).max()))


def _first_apart(some: list[Call], others: list[Call]) -> Call | None:
    """The first call that is given the same for the half of the rows, and makes something else of it."""
    if [id(call.layer) for call in some] != [id(call.layer) for call in others]:
        return None
    for one, other in zip(some, others):
        sizes = [len(a) if a.ndim else 0 for a in (one.inputs, one.outputs, other.inputs, other.outputs)]
        if sizes != [_ROWS, _ROWS, _ROWS // 2, _ROWS // 2]:
            continue
        if not _differ([one.inputs[_HALF]], [other.inputs]) and _differ([one.outputs[_HALF]], [other.outputs]):
            return one
    return None


def _floats(values: np.ndarray) -> np.ndarray:
    return values.astype("float64")


def future_seen(case: Case) -> Iterator[Seen]:
    for output, name, place, x, y in _sequences(case):
        asked = _asked_with_another_end(case, place) if _is_shifted(x, y) else None
        if asked is None or not asked.has_changed(output):
            continue
        call = _first_that_looks_ahead(asked)
        who = "the model" if call is None else call.layer.name
        yield seen(
            case.heads[output].layer if call is None else call.path, f"The targets are {name} one step later, and what {who} "
            "gives at a step depends on later steps, which hold the answer: where these are not known yet, it fails.",
            f"use_causal_mask=True in the call of {who}." if call is not None and "Attention" in kind(call.layer)
            else f'padding="causal" in {who}.' if call is not None and "Conv" in kind(call.layer)
            else 'layers that look back only: a causal mask, padding="causal", no Bidirectional.', step=asked.at,
        )  # fmt: skip


def targets_are_inputs(case: Case) -> Iterator[Seen]:
    for output, name, place, x, y in _sequences(case):
        head = case.heads[output]
        if head.loss != SPARSE or x.dtype.kind not in "iu" or not np.array_equal(x[:_MOST], y[:_MOST]):
            continue
        asked = _asked_with_another_end(case, place)
        if asked is not None and not asked.has_changed(
            output
        ):  # what looks ahead may put together again what it was given
            yield seen(
                head.layer, f"The targets are {name} itself, step by step, and each output sees the input of its step: the model "
                "learns to copy.", "x[:, :-1] as inputs and x[:, 1:] as targets, for the next word.", steps=int(x.shape[1]),
            )  # fmt: skip


def _sequences(case: Case) -> Iterator[tuple[int, str, int, np.ndarray, np.ndarray]]:
    """The place of each output that gives one answer a step; name, place and values of an input of as many steps; the targets."""
    if case.answer is None or not case.is_default or len(case.y) != len(case.heads):
        return
    for output, (head, targets) in enumerate(zip(case.heads, case.y.values())):
        y = _steps(targets)
        if y is None or len(head.shape) != 3:
            continue
        for place, (name, values) in enumerate(case.x.items()):
            x = _steps(values)
            if x is not None and x.shape == y.shape and x.shape[1] >= 4 and len(x) >= 8:
                yield output, name, place, x, y


def _steps(values: np.ndarray) -> np.ndarray | None:
    """Numbers, one a step; None for others."""
    if values.dtype.kind not in "iuf":
        return None
    values = values[..., 0] if values.ndim == 3 and values.shape[-1] == 1 else values
    return values if values.ndim == 2 else None


def _is_shifted(x: np.ndarray, y: np.ndarray) -> bool:
    """Whether targets are the inputs one step later, and not the same anyway."""
    few = slice(_MOST)
    later, given, targets = x[few, 1:], x[few, :-1], y[few, :-1]
    return bool(np.mean(later == targets) > 0.95 and np.mean(given == targets) < 0.8)


@dataclass(frozen=True)
class _Asked:
    """What a model makes of some rows, and of the same with another end from the step `at` on."""

    at: int
    before: Answer
    after: Answer

    def has_changed(self, output: int) -> bool:
        """Whether an output is another before that step."""
        return _differ([self.before.outputs[output][:, : self.at]], [self.after.outputs[output][:, : self.at]])


def _asked_with_another_end(case: Case, place: int) -> _Asked | None:
    """`place`: of the input whose end is changed. None where nothing can be told."""
    assert case.answer is not None
    rows = _taken(case.batch, slice(_ROWS))
    arrays = tree.flatten(rows)
    if place >= len(arrays):
        return None
    at = arrays[place].shape[1] // 2
    other = arrays[place].copy()
    other[:, at:] = np.roll(other, 1, axis=0)[:, at:]  # that of another row
    changed = tree.pack_sequence_as(rows, [*arrays[:place], other, *arrays[place + 1 :]])
    before, after = case.answer(rows), case.answer(changed)
    if before is None or after is None or len(before.outputs) != len(case.heads) or _is_drawn(case, rows, before):
        return None
    return _Asked(at, before, after) if all(o.ndim == 3 for o in before.outputs) else None


def _first_that_looks_ahead(asked: _Asked) -> Call | None:
    """The first call whose outputs before the step change, though its inputs there do not."""
    some, others, at = asked.before.calls, asked.after.calls, asked.at
    if [id(call.layer) for call in some] != [id(call.layer) for call in others]:
        return None
    for one, other in zip(some, others):
        if min(one.inputs.ndim, one.outputs.ndim) < 2 or one.outputs.shape[1:2] != one.inputs.shape[1:2]:
            continue
        same = not _differ([one.inputs[:, :at]], [other.inputs[:, :at]])
        if same and _differ([one.outputs[:, :at]], [other.outputs[:, :at]]):
            return one
    return None


def _taken(part: Any, rows: slice) -> Any:
    return tree.map_structure(lambda a: a[rows], part)


def _size(part: Any) -> int:
    arrays = tree.flatten(part)
    return len(arrays[0]) if arrays else 0


_CENTRED = """rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
y = x[:, :1]
centre = layers.Lambda(lambda t: t - lamina.ops.mean(t, axis={}, keepdims=True))
model = lamina.Sequential([lamina.Input((8,)), layers.Dense(16, activation="tanh"), centre, layers.Dense(1)])
model.compile(optimizer="adam", loss="mse")"""

_BOTH, _BACK = ("layers.Bidirectional(layers.LSTM(8, return_sequences=True))", "layers.LSTM(8, return_sequences=True)")

RULES = (
    Rule(
        "samples-mixed", PASS, "warning", "layers of one's own, Lambda or operations, and outputs for 8 samples that are others "
        "with 8 more samples in the batch, asked as predict does", samples_mixed, "practice with layers of one's own",
        _CENTRED.format("0"), _CENTRED.format("-1"), ("softmax-over-samples",),
    ),
    Rule(
        "future-seen", PASS, "error", "targets that are the inputs one step later, and outputs that change with later steps",
        future_seen, "definition of a language model", sequence_of_words(_BOTH, "words[:, 1:]"),
        sequence_of_words(_BACK, "words[:, 1:]"),
    ),
    Rule(
        "targets-are-inputs", PASS, "error", "sequences of words whose targets are the inputs themselves, and outputs that do "
        "not change with later steps", targets_are_inputs, "definition of a language model",
        sequence_of_words(_BACK, "words[:, :-1]"),
        sequence_of_words(_BACK, "words[:, 1:]"),
    ),
)  # fmt: skip
