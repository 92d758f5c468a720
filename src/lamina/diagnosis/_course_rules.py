"""Rules on how a training goes: its losses, and what it has made of the network."""

import itertools
import math
from collections.abc import Iterator

import numpy as np

from ._course import Course
from ._rule import COURSE, Rule, Seen, seen


def non_finite_loss(course: Course) -> Iterator[Seen]:
    if not course.losses or np.isfinite(course.losses[-1]):
        return
    origin = course.origin
    if origin is None:
        yield seen(
            None, f"The loss became {course.losses[-1]} within {course.steps[-1]} steps.",
            "a learning rate 10 times smaller, and clipnorm=1.0 in the optimizer; lamina.diagnose(model, x, y).",
            step=course.steps[-1],
        )  # fmt: skip
    else:
        yield seen(
            origin.layer,
            f"The loss became {course.losses[-1]}. {origin}",
            origin.fix,
            **origin.evidence(),
            step=course.steps[-1],
        )


def loss_diverging(course: Course) -> Iterator[Seen]:
    losses = course.losses
    if len(losses) < 4 or course.steps[-1] < 20 or losses[-1] <= 1.5 * losses[0]:
        return
    if not all(map(math.isfinite, losses)) or min(losses) <= 0:
        return
    late = sum(losses[-2:]) / 2
    low = min((a + b) / 2 for a, b in itertools.pairwise(losses))
    if late > 2 * low and late > 1.5 * losses[0]:
        yield seen(
            None, f"The loss was {low:.4g} at its lowest and is {late:.4g} after {course.steps[-1]} steps, more than "
            f"the {losses[0]:.4g} it began with.", "a learning rate 10 times smaller, and clipnorm=1.0 in the optimizer.",
            lowest=low, loss=late,
        )  # fmt: skip


def loss_oscillating(course: Course) -> Iterator[Seen]:
    loss = course.epochs.get("loss", [])[-20:]
    if len(loss) < 10 or not all(map(math.isfinite, loss)) or min(loss) <= 0:
        return
    if sum(loss) <= 0.1 * course.losses[0] * len(loss) or sum(loss[-4:]) <= 0.5 * sum(loss[1:5]):
        return  # it falls
    changes = np.diff(loss)
    turns = int(np.sum(changes[1:] * changes[:-1] < 0))
    swing = float(np.mean(np.abs(changes))) / float(np.mean(loss))
    if turns > 0.6 * (len(changes) - 1) and swing > 0.3:
        yield seen(
            None, f"The loss goes up and down by {swing:.0%} from epoch to epoch, with {turns} turns in {len(loss)} epochs.",
            "a learning rate 10 times smaller, or a larger batch_size.", turns=turns, swing=swing,
        )  # fmt: skip


def overfitting(course: Course) -> Iterator[Seen]:
    loss, held_out = course.epochs.get("loss", []), course.epochs.get("val_loss", [])
    if len(held_out) != len(loss) or len(loss) < 5 or course.held_out < 50 or course.stops:
        return
    if not np.isfinite([*loss, *held_out]).all() or min(held_out) <= 0:
        return
    low, last = min(held_out), held_out[-1]
    rises = all(v > 1.1 * low for v in held_out[-3:]) and loss[-1] < 0.8 * loss[held_out.index(low)]
    if course.is_over and rises and last > 1.25 * low and last > 1.5 * loss[-1]:
        yield seen(
            None, f"The validation loss was {low:.4g} after epoch {held_out.index(low) + 1} and is {last:.4g}, while the loss "
            f"has fallen to {loss[-1]:.4g}: the samples are learned by heart.",
            "callbacks=[EarlyStopping(patience=3, restore_best_weights=True)], Dropout, or more data.",
            lowest=low, val_loss=last, loss=loss[-1],
        )  # fmt: skip


def constant_prediction(course: Course) -> Iterator[Seen]:
    if not course.is_stuck() or course.case is None:
        return
    for head in course.case.heads:
        predictions, truth = head.predictions, head.truth
        if predictions is None or len(predictions) < 8 or truth is None or np.all(truth == truth[:1]):
            continue
        spread = float(np.max(np.std(predictions.reshape(len(predictions), -1), axis=0)))
        if spread < 1e-6 * max(float(np.abs(predictions).mean()), 1e-12):
            yield seen(
                head.layer, f"After {course.steps[-1]} steps the outputs are the same for all {len(predictions)} samples.",
                "look at what stops the signal: dead units, a learning rate that is too high, inputs that are not scaled.",
                spread=spread,
            )  # fmt: skip


def loss_not_decreasing(course: Course) -> Iterator[Seen]:
    if course.is_stuck():
        loss = course.epochs["loss"]
        yield seen(
            None, f"The loss was {loss[0]:.4g} after the first epoch and is {loss[-1]:.4g} after {course.steps[-1]} steps; a "
            f"constant answer would have {course.floor:.4g}.",
            "another learning rate; targets that the inputs tell something of.",
            first=loss[0], last=loss[-1], constant=course.floor,
        )  # fmt: skip


def _net(optimizer: str, fit: str, y: str = "x[:, :1] - x[:, 1:2]", hidden: str = "", rows: int = 256) -> str:
    return f"""rng = np.random.default_rng(0)
x = rng.normal(size=({rows}, 8)).astype("float32")
y = {y}
lamina.utils.set_random_seed(0)
model = lamina.Sequential([lamina.Input((8,)), {hidden or 'layers.Dense(16, activation="relu")'}, layers.Dense(1)])
model.compile(optimizer=lamina.optimizers.{optimizer}, loss="mse")
fit = dict({fit})"""


_GOOD = _net("Adam(0.01)", "epochs=12")
_NOISE = "rng.normal(size=({}, 1))"
_HEART = _net("Adam(0.01)", "epochs=60, validation_split=0.5", _NOISE.format(200),
              'layers.Dense(128, activation="relu"), layers.Dense(128, activation="relu")', 200)  # fmt: skip

RULES = (
    Rule(
        "non-finite-loss", COURSE, "error", "the loss is NaN or infinite", non_finite_loss, "DeepLocalize; SageMaker Debugger",
        _net("SGD(0.5)", "epochs=12", "30 * x[:, :1] ** 2", '*[layers.Dense(64, activation="relu") for _ in range(3)]'), _GOOD,
        ("learning-rate-high", "unnormalised-input", "unscaled-target", "exploding-gradient", "poor-init", "non-finite-data",
         "non-finite-values", "loss-diverging", "missing-from-logits", "output-activation-for-crossentropy",
         "probabilities-out-of-range", "loss-needs-positive", "loss-sign"),
    ),
    Rule(
        "loss-diverging", COURSE, "warning", "after 20 steps, the loss is twice its lowest and 1.5 times what it began with",
        loss_diverging, "TheDeepChecker", _net("SGD(0.8)", "epochs=40, batch_size=256", hidden="layers.Identity()"), _GOOD,
        ("non-finite-loss",),
    ),
    Rule(
        "loss-oscillating", COURSE, "warning", "10 epochs whose loss goes up and down by 30 %, and not down as a whole",
        loss_oscillating, "AUTOTRAINER; TheDeepChecker",
        # A quarter of a turn each step, hardly damped: the same on every machine, where a chaotic course would not be.
        _net("SGD(0.04, momentum=0.999)", "epochs=30, batch_size=256", "x[:, :1] - 2 * x[:, 1:2]", "layers.Rescaling(5.0)"),
        _GOOD,
        ("loss-diverging", "non-finite-loss"),
    ),
    Rule(
        "overfitting", COURSE, "warning", "5 epochs or more, the validation loss 10 % above its lowest in the last 3 and at last "
        "25 %, while the loss falls, and no callback that stops", overfitting, "TheDeepChecker; SageMaker Debugger",
        _HEART, _GOOD,
    ),
    Rule(
        "constant-prediction", COURSE, "warning", "a loss that does not fall, and outputs that are the same for all samples",
        constant_prediction, "DeepDiagnosis",
        _net("SGD(1e-4)", "epochs=20", hidden='layers.Dense(16, activation="relu"), layers.Lambda(lambda t: 1e-9 * t)'), _GOOD,
        ("dead-relu", "saturated-activation"),
    ),
    Rule(
        "loss-not-decreasing", COURSE, "warning", "100 steps in 3 epochs that bring the loss down by less than 1 %, and not "
        "below that of a constant", loss_not_decreasing, "TheDeepChecker; SageMaker Debugger",
        _net("SGD(0.01, clipnorm=2e-4)", "epochs=14"), _GOOD,
        ("constant-prediction", "dead-relu", "saturated-activation", "vanishing-gradient", "no-gradient"),
    ),
)  # fmt: skip
