"""Connectionist temporal classification: labels without their places in time."""

from typing import Any

import numpy as np

from lamina._checks import check_one_of, check_positive_int
from lamina._typing import Tensor, TensorLike
from lamina.engines import engine

from ._activations import log_softmax
from ._backend import xp
from ._convert import convert_to_numpy, tensor, to
from ._dtypes import dtype_name, numpy_dtype, result_type
from ._op import op
from ._symbolic import KerasTensor

# The logarithm of next to nothing; finite, so that a target too long for the frames has a gradient, too.
_NEVER = -1e5


@op("nn", class_name="CTCLoss")
def ctc_loss(
    target: TensorLike, output: TensorLike, target_length: Any, output_length: Any, mask_index: int = 0
) -> Tensor:
    """-ln of the probability that the frames spell the target, over all ways of placing its labels in time.

    A way is a label or blank for each frame; it spells the labels that are left when repetitions are merged and then
    blanks dropped. The sum over ways is a recursion over frames and over the positions in blank, label, blank, ..., blank.

    Args:
        target: `(batch, labels)`, integer.
        output: `(batch, frames, classes)`, logits.
        target_length: `(batch,)`, how many of the labels count.
        output_length: `(batch,)`, how many of the frames count.
        mask_index: the class that stands for blank.

    Returns: `(batch,)`, float32 at least; about 1e5 where the target does not fit into the frames.

    Reference: Graves et al., Connectionist Temporal Classification, ICML 2006, doi:10.1145/1143844.1143891.
    """
    target, output = to(tensor(target), "int32"), tensor(output)
    if target.ndim != 2 or output.ndim != 3 or target.shape[0] != output.shape[0]:
        raise ValueError(
            "ctc_loss: target must be (batch, labels) and output (batch, frames, classes); got shapes "
            f"{tuple(target.shape)} and {tuple(output.shape)}."
        )
    (batch, labels), (_, frames, classes) = target.shape, output.shape
    name = result_type(dtype_name(output), "float32")
    lengths = _lengths(target_length, batch, "target_length")
    counts = _lengths(output_length, batch, "output_length")
    logits = log_softmax(to(output, name))
    target = xp.minimum(xp.maximum(target, 0), classes - 1)
    where = xp.broadcast_to(xp.expand_dims(target, 1), (batch, frames, labels))
    emitted = xp.take_along_axis(logits, where, axis=-1)
    blank = logits[:, :, mask_index : mask_index + 1 or None]
    blanks = xp.broadcast_to(blank, (batch, frames, labels))
    # blank, label, blank, label, ..., blank
    pairs = xp.reshape(xp.stack([blanks, emitted], axis=-1), (batch, frames, 2 * labels))
    scores = xp.transpose(xp.concatenate([pairs, blank], axis=-1), (1, 0, 2))
    skip = _skips(target, name)
    valid = xp.less(
        xp.reshape(tensor(np.arange(frames, dtype=np.int32)), (frames, 1, 1)), xp.reshape(counts, (batch, 1))
    )
    start = np.full((1, 2 * labels + 1), _NEVER, numpy_dtype(name))
    start[0, 0] = 0.0

    def step(alpha: Any, frame: Any) -> tuple[Any, ...]:
        score, counted = frame
        after = xp.logaddexp(alpha, _shift(alpha, 1))
        after = xp.logaddexp(after, _shift(alpha, 2) + skip) + score
        return xp.where(counted, after, alpha), ()

    first = xp.broadcast_to(tensor(start), (batch, 2 * labels + 1))
    alpha, _ = engine.scan(step, first, (scores, valid), length=frames, reverse=False)
    places = xp.expand_dims(2 * xp.minimum(lengths, labels), -1)
    at_blank = xp.take_along_axis(alpha, places, axis=-1)
    at_label = xp.take_along_axis(alpha, xp.maximum(places - 1, 0), axis=-1)
    total = xp.where(xp.greater(places, 0), xp.logaddexp(at_blank, at_label), at_blank)
    return -xp.squeeze(total, axis=-1)


def _lengths(value: Any, batch: int, name: str) -> Any:
    lengths = to(tensor(value), "int32")
    if tuple(lengths.shape) != (batch,):
        raise ValueError(f"ctc: {name} must have shape ({batch},); got {tuple(lengths.shape)}.")
    return lengths


def _skips(target: Any, name: str) -> Any:
    """What a step over one position adds: nothing from a label to another one, else next to certain failure."""
    batch, labels = target.shape
    same = xp.equal(target[:, 1:], target[:, :-1])
    never = tensor(np.full((batch, 1), _NEVER, numpy_dtype(name)))
    parts = [never * 0.0, to(same, name) * _NEVER] if labels else []
    to_labels = xp.concatenate(parts, axis=-1) if parts else to(target, name)
    to_blanks = xp.broadcast_to(never, (batch, labels))
    pairs = xp.reshape(xp.stack([to_blanks, to_labels], axis=-1), (batch, 2 * labels))
    return xp.concatenate([pairs, never], axis=-1)


def _shift(alpha: Any, places: int) -> Any:
    """`alpha` moved to the right, `_NEVER` coming in."""
    size = alpha.shape[1]
    return xp.pad(alpha, ((0, 0), (places, 0)), mode="constant", constant_values=_NEVER)[:, :size]


def _decode_spec(
    call: Any, inputs: Any, sequence_lengths: Any, strategy: str = "greedy", **config: Any
) -> tuple[Any, ...]:
    paths = 1 if strategy == "greedy" else config.get("top_paths", 1)
    batch, frames, _ = inputs.shape
    return (
        KerasTensor((paths, batch, frames), "int32"),
        KerasTensor((batch, paths), result_type(inputs.dtype, "float32")),
    )


@op("nn", class_name="CTCDecode", spec=_decode_spec)
def ctc_decode(
    inputs: TensorLike,
    sequence_lengths: TensorLike,
    strategy: str = "greedy",
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
    mask_index: int = 0,
) -> tuple[Tensor, Tensor]:
    """The labels that the frames spell.

    Args:
        inputs: `(batch, frames, classes)`, logits.
        sequence_lengths: `(batch,)`, how many of the frames count.
        strategy: "greedy" for the best class of each frame; "beam_search" for the likeliest labels, all ways of placing
            them added up (on values only: it cannot be compiled).
        beam_width: how many beginnings beam search keeps.
        top_paths: how many answers beam search gives.
        merge_repeated: whether greedy decoding merges repetitions.
        mask_index: the class that stands for blank; the last one if None.

    Returns: labels `(paths, batch, frames)`, int32, filled up with -1; and `(batch, paths)`: with "greedy" minus the sum of
    the best logits, with "beam_search" ln of the probability of the labels.

    Reference: Graves et al., 2006, doi:10.1145/1143844.1143891; Hannun et al., 2014, arXiv:1408.2873 (beam search).
    """
    check_one_of(strategy, ("greedy", "beam_search"), "strategy", "ctc_decode")
    inputs = tensor(inputs)
    if inputs.ndim != 3:
        raise ValueError(f"ctc_decode: inputs must be (batch, frames, classes); got shape {tuple(inputs.shape)}.")
    inputs = to(inputs, result_type(dtype_name(inputs), "float32"))
    lengths = _lengths(sequence_lengths, inputs.shape[0], "sequence_lengths")
    blank = inputs.shape[-1] - 1 if mask_index is None else mask_index % inputs.shape[-1]
    if strategy == "greedy":
        return _greedy(inputs, lengths, merge_repeated, blank)
    check_positive_int(beam_width, "beam_width", "ctc_decode")
    check_positive_int(top_paths, "top_paths", "ctc_decode")
    return _beam_search(inputs, lengths, beam_width, top_paths, blank)


def _greedy(inputs: Any, lengths: Any, merge_repeated: bool, blank: int) -> tuple[Any, ...]:
    frames = inputs.shape[1]
    numbers = tensor(np.arange(frames, dtype=np.int32)[None])
    counted = xp.less(numbers, xp.expand_dims(lengths, -1))
    best = xp.where(counted, to(xp.argmax(inputs, axis=-1), "int32"), blank)
    scores = xp.where(counted, xp.max(inputs, axis=-1), 0.0)
    is_label = xp.not_equal(best, blank)
    if merge_repeated:
        same = xp.pad(xp.equal(best[:, 1:], best[:, :-1]), ((0, 0), (1, 0)), mode="constant", constant_values=False)
        is_label = xp.logical_and(is_label, xp.logical_not(same))
    order = xp.argsort(xp.where(is_label, numbers, frames), axis=-1)
    labels = xp.take_along_axis(xp.where(is_label, best, -1), order, axis=-1)
    return xp.expand_dims(to(labels, "int32"), 0), -xp.sum(scores, axis=1, keepdims=True)


def _beam_search(inputs: Any, lengths: Any, beam_width: int, top_paths: int, blank: int) -> tuple[Any, ...]:
    values, counts = convert_to_numpy(log_softmax(inputs)), convert_to_numpy(lengths)
    batch, frames, _ = values.shape
    labels = np.full((top_paths, batch, frames), -1, np.int32)
    scores = np.full((batch, top_paths), -np.inf, values.dtype)
    for b in range(batch):
        prefixes, found = _search_one(values[b, : counts[b]], beam_width, blank)
        for rank, i in enumerate(np.argsort(-found, kind="stable")[:top_paths]):
            labels[rank, b, : len(prefixes[i])] = prefixes[i]
            scores[b, rank] = found[i]
    return tensor(labels), tensor(scores)


def _search_one(frames: np.ndarray, beam_width: int, blank: int) -> tuple[list[tuple[int, ...]], np.ndarray]:
    """The likeliest beginnings after all frames, and ln of their probabilities.

    Of each beginning two sums are kept: over the ways that end in blank, and over those that end in its last label.
    """
    prefixes: list[tuple[int, ...]] = [()]
    in_blank, in_label = np.zeros(1, frames.dtype), np.full(1, -np.inf, frames.dtype)
    for frame in frames:
        total = np.logaddexp(in_blank, in_label)
        last = np.array([p[-1] if p else blank for p in prefixes])
        longer = total[:, None] + frame
        rows = np.arange(len(prefixes))
        longer[rows, last] = in_blank + frame[last]  # a repeated label needs a blank between
        longer[:, blank] = -np.inf
        stay_blank = total + frame[blank]
        stay_label = in_label + frame[last]
        known = {prefix: i for i, prefix in enumerate(prefixes)}
        for j, prefix in enumerate(prefixes):
            parent = known.get(prefix[:-1]) if prefix else None
            if parent is not None:  # grown from another beginning that is kept: one and the same
                stay_label[j] = np.logaddexp(stay_label[j], longer[parent, prefix[-1]])
                longer[parent, prefix[-1]] = -np.inf
        candidates = np.concatenate([np.logaddexp(stay_blank, stay_label), longer.ravel()])
        kept = np.argsort(-candidates, kind="stable")[:beam_width]
        kept = kept[candidates[kept] > -np.inf]
        count, classes = longer.shape
        grown = kept >= count
        parents, labels = np.divmod(kept - count, classes)
        prefixes_of = [(*prefixes[p], int(c)) if g else prefixes[k] for k, g, p, c in zip(kept, grown, parents, labels)]
        stays = np.where(grown, 0, kept)
        in_blank = np.where(grown, -np.inf, stay_blank[stays])
        in_label = np.where(grown, candidates[kept], stay_label[stays])
        prefixes = prefixes_of
    return prefixes, np.logaddexp(in_blank, in_label)
