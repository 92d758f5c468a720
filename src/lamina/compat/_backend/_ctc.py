"""Sequences of labels without places in time, as Keras 1 and 2 call them: probabilities in, the last class for blank."""

from typing import Any

from lamina import ops
from lamina._public import public
from lamina._settings import epsilon


@public("backend.ctc_batch_cost")
def ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Any:
    """-ln of the probability that the frames spell the labels.

    Reference: Graves et al., Connectionist Temporal Classification, ICML 2006, doi:10.1145/1143844.1143891.

    Args:
        y_true: `(batch, labels)`, classes.
        y_pred: `(batch, frames, classes)`, probabilities; the last class stands for blank.
        input_length: `(batch, 1)` or `(batch,)`, how many frames count. label_length: the same of the labels.
    Returns: `(batch, 1)`.
    """
    frames, labels = _flat(input_length), _flat(label_length)
    cost = ops.ctc_loss(ops.cast(y_true, "int32"), _logits(y_pred), labels, frames, mask_index=y_pred.shape[-1] - 1)
    return ops.expand_dims(cost, 1)


@public("backend.ctc_decode")
def ctc_decode(
    y_pred: Any, input_length: Any, greedy: bool = True, beam_width: int = 100, top_paths: int = 1
) -> tuple[Any, ...]:
    """The labels that the frames spell.

    Args:
        y_pred: `(batch, frames, classes)`, probabilities; the last class stands for blank.
        input_length: `(batch,)`, how many frames count.
        greedy: whether the best class of each frame is taken; else a beam search, of `beam_width` beginnings.
        top_paths: how many answers the beam search gives.
    Returns: a list with the labels of each answer, `(batch, labels)`, filled up with -1; and `(batch, top_paths)`: ln of
        the probability of each answer, or with greedy=True minus the sum of ln of the probabilities taken.
    """
    paths, scores = ops.ctc_decode(
        _logits(y_pred), _flat(input_length), strategy="greedy" if greedy else "beam_search", beam_width=beam_width,
        top_paths=top_paths, merge_repeated=greedy, mask_index=None,
    )  # fmt: skip
    return [_without_padding(path) for path in ops.unstack(paths, axis=0)], scores


def _logits(probabilities: Any) -> Any:
    return ops.log(ops.add(probabilities, epsilon()))


def _flat(lengths: Any) -> Any:
    return ops.reshape(ops.cast(lengths, "int32"), (-1,))


def _without_padding(path: Any) -> Any:
    longest = int(ops.max(ops.sum(ops.cast(ops.greater_equal(path, 0), "int32"), axis=-1)))
    return path[:, :longest]
