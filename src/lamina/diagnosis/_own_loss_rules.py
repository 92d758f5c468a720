"""Rules on losses of the user's own: their sign, and whether they compare each output with its own target."""

import itertools
from collections.abc import Iterator

import numpy as np

from ._case import Case
from ._examples import own_loss
from ._head import Head, is_whole
from ._rule import PASS, Rule, Seen, seen

_SCALES = (0.1, 0.3, 0.9)
_FEWEST = 8  # samples from which an order can be changed


def loss_sign(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        if head.loss is not None or head.judge is None or head.predictions is None or head.truth is None:
            continue
        truth = _as_rows(head) if _has_labels(head) else head.truth.astype("float32")
        if truth.size != head.predictions.size or truth.dtype.kind != "f" or not np.isfinite(truth).all():
            continue
        truth = truth.reshape(head.predictions.shape)
        if _cancels(head, truth):
            yield seen(
                head.layer, "Errors in the two directions cancel in the loss: it is 0 where the outputs are the targets, "
                "and less on one side the farther they are.", "the square of the difference, or ops.abs of it, before the mean.",
            )  # fmt: skip
            continue
        for guesses in _worse_and_worse(truth, head):
            values = [head.judge(head.truth if _has_labels(head) else truth, guess) for guess in guesses]
            falls = all(np.isfinite(values)) and all(b < a - 1e-6 * abs(a) for a, b in itertools.pairwise(values))
            if not falls:
                break
        else:
            yield seen(
                head.layer, f"The loss is {values[0]:.4g} where the outputs are the targets, and less, {values[-1]:.4g}, where "
                "they are far off: minimising it unlearns.", "the loss with the other sign.",
                right=float(values[0]), wrong=float(values[-1]),
            )  # fmt: skip


def _cancels(head: Head, truth: np.ndarray) -> bool:
    """Whether a loss is the mean of differences that have a sign."""
    assert head.judge is not None
    step = float(truth.std())
    if not step:
        return False
    at, over, under, far = (head.judge(truth, truth + share * step) for share in (0.0, 1.0, -1.0, 2.0))
    least = 1e-3 * abs(over)
    if abs(head.judge(truth + step, truth) + over) > least:  # the outputs may be the loss themselves
        return False
    return 0 < abs(over) < np.inf and abs(at) < least and abs(over + under) < least and abs(far - 2 * over) < 2 * least


def _has_labels(head: Head) -> bool:
    """Whether the targets are numbers of classes, and the outputs their probabilities."""
    truth = head.truth
    shape = () if head.predictions is None else head.predictions.shape
    if (
        truth is None
        or not shape
        or head.activation != "softmax"
        or truth.size * shape[-1] != np.prod(shape)
        or truth.dtype.kind not in "biuf"
    ):
        return False
    return is_whole(truth) and truth.min() >= 0 and truth.max() < shape[-1]


def _as_rows(head: Head) -> np.ndarray:
    assert head.truth is not None and head.predictions is not None
    return np.eye(head.predictions.shape[-1], dtype="float32")[head.truth.astype(int).reshape(-1)]


def _worse_and_worse(truth: np.ndarray, head: Head) -> Iterator[list[np.ndarray]]:
    """Series of guesses that begin with the truth and depart from it."""
    if head.activation in ("sigmoid", "softmax") and truth.min() >= 0 and truth.max() <= 1:
        good = 0.9 * truth + 0.05
        yield [good + share * (1 - 2 * good) for share in (0.0, *_SCALES)]
        return
    spread = float(truth.std()) or 1.0
    noise = np.random.default_rng(0).normal(size=truth.shape).astype("float32") * spread
    for sign in (1, -1):
        yield [truth, *(truth + sign * share * noise for share in _SCALES)]
        yield [truth, *(truth + sign * share * spread for share in _SCALES)]


def loss_broadcasts(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        truth, outputs = head.truth, head.shown(rows=_FEWEST)
        if head.loss is not None or head.judge is None or truth is None or outputs is None:
            continue
        if (
            truth.dtype.kind not in "biuf"
            or len(truth) != len(outputs)
            or not np.isfinite(truth.astype("float64")).all()
        ):
            continue
        truth = truth.astype("float32")
        if _knows_no_order(head, truth, outputs) and (
            _takes_all_pairs(head, truth, outputs) or _is_best_at_the_mean(head, truth)
        ):
            n = len(outputs)
            yield seen(
                head.layer, "The loss is the same in whatever order the targets stand: each output is compared with the targets "
                f"of all {n} samples of the batch, as shapes such as ({n},) and ({n}, 1) broadcast to ({n}, {n}). It is least "
                "where all outputs are the mean of the targets.",
                "y_true = ops.reshape(y_true, ops.shape(y_pred)) before the two are compared, in the loss.",
                targets=list(truth.shape), outputs=list(outputs.shape),
            )  # fmt: skip


def _knows_no_order(head: Head, truth: np.ndarray, outputs: np.ndarray) -> bool:
    """Whether a loss that looks at the targets does not see which of them belongs to which output."""
    assert head.judge is not None
    varied = outputs - outputs.mean(axis=0)
    if np.abs(varied).max() < 1e-3 * max(float(np.abs(outputs).max()), 1e-3) or not np.any(truth != truth[:1]):
        return False  # outputs that are all the same do not show it
    own, other = head.judge(truth, outputs), head.judge(truth[::-1].copy(), outputs)
    if not np.isfinite(own) or abs(own - other) > 1e-5 * abs(own):
        return False
    return abs(head.judge(truth + float(truth.std()), outputs) - own) > 1e-3 * abs(own)


def _takes_all_pairs(head: Head, truth: np.ndarray, outputs: np.ndarray) -> bool:
    """Whether the loss of three samples is made of all nine pairs of target and output, as the loss of one sample shows them."""
    assert head.judge is not None
    places = np.argsort(outputs.reshape(len(outputs), -1).sum(axis=1))[[0, len(outputs) // 2, -1]]
    t, p = truth[places], outputs[places]
    whole = head.judge(t, p)
    pairs = np.array([[head.judge(t[i : i + 1], p[j : j + 1]) for j in range(3)] for i in range(3)])
    if not np.isfinite(whole) or not np.isfinite(pairs).all():
        return False
    least = 1e-4 * abs(whole)
    is_sum_of_all = any(abs(whole - scale * pairs.mean()) < least for scale in (1, 3, 9))
    return is_sum_of_all and all(abs(whole - scale * np.trace(pairs) / 3) > least for scale in (1, 3, 9))


def _is_best_at_the_mean(head: Head, truth: np.ndarray) -> bool:
    """Whether the loss at the targets themselves is more than where all outputs are their mean."""
    assert head.judge is not None and head.predictions is not None
    if truth.size != head.predictions.size:
        return False
    outputs = truth.reshape(head.predictions.shape)
    mean = np.broadcast_to(outputs.mean(axis=0), outputs.shape).astype("float32")
    at, around = head.judge(truth, outputs), head.judge(truth, mean)
    return bool(np.isfinite([at, around]).all() and 0 < 1.2 * around < at)


_SIGN = own_loss("-lamina.ops.mean(lamina.ops.square(t - p), axis=-1)")
_ALL_PAIRS = own_loss("lamina.ops.mean(lamina.ops.square(t[:, 0] - p))")
_RIGHT = own_loss("lamina.ops.mean(lamina.ops.square(t - p), axis=-1)")

RULES = (
    Rule(
        "loss-sign", PASS, "error", "a loss of one's own that is less the farther the outputs are from the targets, be it on one "
        "side alone", loss_sign, "TheDeepChecker", _SIGN, _RIGHT,
    ),
    Rule(
        "loss-broadcasts", PASS, "error", "a loss of one's own that stays the same when the targets change their order among the "
        "samples, and is made of all pairs of outputs and targets, or more at the targets than at their mean", loss_broadcasts,
        "practice with losses of one's own", _ALL_PAIRS, own_loss("lamina.ops.mean(lamina.ops.square(t[:, 0] - p[:, 0]))"),
    ),
)  # fmt: skip
