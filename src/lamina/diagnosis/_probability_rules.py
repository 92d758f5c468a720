"""Rules on outputs that are probabilities: do the last activation and the crossentropy fit each other?"""

from collections.abc import Iterator

import numpy as np

from ._case import Case
from ._examples import LABELS, LOGITS, ONE_OF_FOUR, ONE_OF_TWO, ROWS, SIGMOID, SOFTMAX, net
from ._head import BINARY, CATEGORICAL, SPARSE, Head, is_whole, last_layer
from ._network import activation_of, kind, path_of
from ._rule import COMPILED, PASS, Rule, Seen, seen

# Activations whose values may be probabilities; "linear" has a rule of its own, and of None nothing is known.
_BOUNDED = ("sigmoid", "hard_sigmoid", "softmax", "softmax over another axis", "sparsemax", "linear", None)


def softmax_single_unit(case: Case) -> Iterator[Seen]:
    places = [head.layer for head in case.heads if head.activation == "softmax" and head.units == 1]
    written = {head.layer: last_layer(case, head, 1, "sigmoid") for head in case.heads}
    units = [layer for layer in case.network.layers if getattr(layer, "units", None) == 1]
    places += [path_of(layer) for layer in units if kind(layer) == "Dense" and activation_of(layer) == "softmax"]
    for place in dict.fromkeys(places):
        yield seen(
            place,
            "softmax over 1 unit is 1 whatever the input: the output is constant and nothing is learned.",
            written.get(place, 'Dense(1, activation="sigmoid")')
            + ' with loss="binary_crossentropy", or one unit for each class.',
            units=1,
        )
    for head in case.heads if not places else ():
        outputs = head.shown(rows=8) if head.activation is None and head.units == 1 else None
        if outputs is not None and np.all(outputs == 1):
            yield seen(
                head.layer, f"All {len(outputs)} outputs are exactly 1, as those of a softmax over 1 unit are, whatever the "
                "input.", 'sigmoid with loss="binary_crossentropy", or one unit for each class.', units=1,
            )  # fmt: skip


def sigmoid_with_categorical_crossentropy(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        if (
            head.activation in ("sigmoid", "hard_sigmoid")
            and head.loss in (CATEGORICAL, SPARSE)
            and not head.from_logits
        ):
            several = head.y is not None and head.loss == CATEGORICAL and not head.has_distributions()
            fix = (
                'loss="binary_crossentropy"'
                if several or head.units == 1
                else f'Dense({head.units}, activation="softmax")'
            )
            yield seen(
                head.layer, f"{head.units} {head.activation} unit(s) with {head.loss}, which expects probabilities that sum "
                "to 1.", fix,
                units=head.units, loss=head.loss,
            )  # fmt: skip


def softmax_with_binary_crossentropy(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        if head.activation != "softmax" or head.loss != BINARY or head.from_logits or (head.units or 0) < 3:
            continue
        if head.y is None or head.has_distributions() or head.are_class_numbers():
            yield seen(
                head.layer, f"softmax over {head.units} classes with {BINARY}, which judges each unit by itself.",
                f'loss="{SPARSE if head.are_class_numbers() else CATEGORICAL}"', units=head.units,
            )  # fmt: skip
        else:
            yield seen(
                head.layer, f"softmax over {head.units} units with {BINARY}, but the targets' rows do not sum to 1.",
                f'Dense({head.units}, activation="sigmoid"), for several labels at once.', units=head.units,
            )  # fmt: skip


def output_activation_for_crossentropy(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        if head.activation not in _BOUNDED and head.is_crossentropy and not head.from_logits:
            yield seen(
                head.layer, f"The last activation is {head.activation}, but {head.loss} takes probabilities.",
                f'activation="{head.fitting}" in the last layer.', activation=head.activation, loss=head.loss,
            )  # fmt: skip


def missing_from_logits(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        if head.activation == "linear" and head.is_crossentropy and not head.from_logits:
            yield seen(
                head.layer, f"The last layer has no activation, but {head.loss} takes probabilities unless told otherwise.",
                f'activation="{head.fitting}" in the last layer, or the loss with from_logits=True.', loss=head.loss,
            )  # fmt: skip


def probabilities_out_of_range(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        outputs = head.shown()
        if head.activation is not None or not head.is_crossentropy or head.from_logits or outputs is None:
            continue
        low, high = float(outputs.min()), float(outputs.max())
        if low < -1e-3 or high > 1 + 1e-3:
            yield seen(
                head.layer, f"The outputs lie between {low:.3g} and {high:.3g}, but {head.loss} takes probabilities.",
                f"{head.fitting} at the end, or the loss with from_logits=True.", low=low, high=high,
            )  # fmt: skip


def from_logits_with_activation(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        if head.activation is None and head.loss in (CATEGORICAL, SPARSE) and head.from_logits and _gives_shares(head):
            yield seen(
                head.layer, f"{head.loss} with from_logits=True applies softmax to outputs that are in [0, 1] and sum to 1 "
                "already.", "from_logits=False, or no softmax at the end.", activation="softmax",
            )  # fmt: skip
        if head.loss is None and head.activation in ("softmax", "sigmoid") and _takes_logits(head):
            yield seen(
                head.layer, f"The loss applies {head.activation} once more to what {head.activation} gave.",
                "from_logits=False in the loss, or no activation in the last layer.", activation=head.activation,
            )  # fmt: skip
        if head.activation in ("softmax", "sigmoid") and head.is_crossentropy and head.from_logits:
            yield seen(
                head.layer, f"{head.loss} with from_logits=True applies {head.fitting} to what {head.activation} gave.",
                "from_logits=False, or no activation in the last layer.", activation=head.activation,
            )  # fmt: skip


def _gives_shares(head: Head) -> bool:
    """Whether the outputs are seen to be probabilities over several units."""
    outputs = head.shown(rows=8, axes=2)
    if outputs is None or outputs.shape[-1] < 2:
        return False
    return bool(outputs.min() >= 0 and np.all(np.abs(outputs.sum(axis=-1) - 1) < 1e-3))


def _takes_logits(head: Head) -> bool:
    """Whether a loss of one's own, for outputs that are right and sure, is the crossentropy of a softmax or sigmoid of them."""
    y, outputs = head.truth, head.predictions
    if (
        head.judge is None
        or y is None
        or outputs is None
        or outputs.ndim != 2
        or y.dtype.kind not in "biuf"
        or not is_whole(y)
    ):
        return False
    units = outputs.shape[-1]
    if head.activation == "sigmoid":
        if y.size != outputs.size or y.min() < 0 or y.max() > 1:
            return False
        sure, of_1, of_0 = y.reshape(outputs.shape), np.log1p(np.exp(-1)), np.log(2)
        expected = float(np.mean(np.where(sure == 1, of_1, of_0)))
    else:
        is_one_hot = y.shape == outputs.shape and bool(np.all(y.sum(axis=-1) == 1)) and y.min() == 0
        if not is_one_hot and (y.size != len(outputs) or y.min() < 0 or y.max() >= units):
            return False
        sure = y if is_one_hot else np.eye(units)[y.astype(int).reshape(-1)]
        expected = float(np.log(1 + (units - 1) / np.e))
    return units > (head.activation == "softmax") and abs(head.judge(y, sure.astype("float32")) - expected) < 1e-3


def softmax_over_samples(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        outputs = head.shown(rows=8, axes=2)
        if head.activation not in (None, "softmax over another axis") or outputs is None or outputs.ndim != 2:
            continue
        if outputs.min() < 0 or outputs.max() > 1 or np.ptp(outputs) < 1e-6:
            continue
        sums = outputs.sum(axis=0)  # of several batches one after the other, each of which makes 1
        if (
            np.all(np.abs(sums - np.round(sums[0])) < 1e-3 * max(sums[0], 1))
            and 1 <= np.round(sums[0]) <= len(outputs) / 4
        ):
            if not np.all(np.abs(outputs.sum(axis=-1) - 1) < 1e-2):
                yield seen(
                    head.layer, "The outputs of a unit sum to 1 over the samples of a batch, not over the units: what is "
                    "said of a sample depends on the others.", "axis=-1 in the softmax.", sum=float(sums[0]),
                )  # fmt: skip


def double_output_activation(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        before = _softmax_before(case, head)
        if before is not None:
            yield seen(
                before, "softmax of what softmax gave: the outputs are squeezed together.",
                f"leave out one of the two: that of {before.rpartition('/')[2]}, or the one behind it.", first="softmax",
                second="softmax",
            )  # fmt: skip
    for before, after in case.network.pairs():
        first, second = activation_of(before), activation_of(after)
        if first in ("softmax", "sigmoid") and second in ("softmax", "sigmoid") and not getattr(after, "weights", None):
            yield seen(
                path_of(after), f"{second} of what {first} gave: the outputs are squeezed together.",
                f"leave out the layer {after.name}, or the activation of {before.name}.", first=first, second=second,
            )  # fmt: skip


def _softmax_before(case: Case, head: Head) -> str | None:
    """The layer that gives probabilities of which another softmax gives the outputs, as the values show."""
    outputs = head.predictions
    if head.activation is not None or not _gives_shares(head) or outputs is None:
        return None
    for call in reversed(case.calls):
        given = call.outputs
        if given.shape != outputs.shape or given.dtype.kind != "f" or not np.all(np.abs(given.sum(axis=-1) - 1) < 1e-3):
            continue
        again = np.exp(given)
        again /= again.sum(axis=-1, keepdims=True)
        if given.min() >= 0 and np.ptp(given) > 1e-2 and np.allclose(again, outputs, atol=1e-5):
            return call.path
    return None


RULES = (
    Rule(
        "softmax-single-unit", COMPILED, "error", "softmax over an axis of size 1", softmax_single_unit, "SO 31880720",
        net('layers.Dense(1, activation="softmax")', '"binary_crossentropy"', ONE_OF_TWO), SIGMOID,
    ),
    Rule(
        "sigmoid-with-categorical-crossentropy", COMPILED, "error",
        "sigmoid output with a categorical crossentropy that takes probabilities", sigmoid_with_categorical_crossentropy,
        "SO 51930566", net('layers.Dense(4, activation="sigmoid")', '"categorical_crossentropy"', ROWS), SOFTMAX,
        ("outputs-swapped",),
    ),
    Rule(
        "softmax-with-binary-crossentropy", COMPILED, "warning", "softmax over more than 2 units with binary crossentropy",
        softmax_with_binary_crossentropy, "SO 44322611",
        net('layers.Dense(4, activation="softmax")', '"binary_crossentropy"', ROWS), LABELS,
        ("outputs-swapped",),
    ),
    Rule(
        "output-activation-for-crossentropy", COMPILED, "error", "relu, tanh or the like as output of a crossentropy that takes "
        "probabilities", output_activation_for_crossentropy, "NeuraLint; DeepDiagnosis",
        net('layers.Dense(1, activation="relu")', '"binary_crossentropy"', ONE_OF_TWO), SIGMOID,
        ("outputs-swapped",),
    ),
    Rule(
        "missing-from-logits", COMPILED, "error", "an output without activation, and a crossentropy that takes probabilities",
        missing_from_logits, "NeuraLint; UMLAUT", net("layers.Dense(4)", '"sparse_categorical_crossentropy"', ONE_OF_FOUR),
        LOGITS,
        ("outputs-swapped",),
    ),
    Rule(
        "probabilities-out-of-range", PASS, "error", "the outputs of a model whose last activation is not known leave [0, 1], "
        "and the crossentropy takes probabilities", probabilities_out_of_range, "UMLAUT",
        net("layers.Lambda(lambda t: t[:, :4] * 3)", '"sparse_categorical_crossentropy"', ONE_OF_FOUR),
        net("layers.Lambda(lambda t: lamina.ops.softmax(t[:, :4]))", '"sparse_categorical_crossentropy"', ONE_OF_FOUR),
    ),
    Rule(
        "from-logits-with-activation", COMPILED, "error", "from_logits=True and a softmax or sigmoid output",
        from_logits_with_activation, "TheDeepChecker",
        net('layers.Dense(4, activation="softmax")', "lamina.losses.SparseCategoricalCrossentropy(from_logits=True)",
             ONE_OF_FOUR), LOGITS,
        ("outputs-swapped",),
    ),
    Rule(
        "softmax-over-samples", PASS, "error", "outputs that sum to 1 over the samples of a batch, not over the units",
        softmax_over_samples, "SO 43710635",
        net("layers.Dense(4), layers.Lambda(lambda t: lamina.ops.exp(t) / lamina.ops.sum(lamina.ops.exp(t), 0))",
             '"sparse_categorical_crossentropy"', ONE_OF_FOUR),
        net("layers.Dense(4), layers.Lambda(lambda t: lamina.ops.exp(t) / lamina.ops.sum(lamina.ops.exp(t), 1, keepdims=True))",
             '"sparse_categorical_crossentropy"', ONE_OF_FOUR),
    ),
    Rule(
        "double-output-activation", COMPILED, "warning", "softmax or sigmoid of a softmax or sigmoid", double_output_activation,
        "NeuraLint", net('layers.Dense(4, activation="softmax"), layers.Softmax()', '"categorical_crossentropy"', ROWS),
        net("layers.Dense(4), layers.Softmax()", '"categorical_crossentropy"', ROWS),
    ),
)  # fmt: skip
