"""Rules on how a training goes: its losses, and what it has made of the network."""

import itertools
import math
from collections.abc import Iterator

import numpy as np

from ._course import FEW_STEPS, Course
from ._rule import COURSE, Rule, Seen, seen

# Of the weights, a step; of a healthy training a thousandth.
_BURST = 1e4  # times the first loss, from which a training does not come back to where it began
_LARGE_UPDATE, _SMALL_UPDATE = 0.1, 1e-8


def _raised(course: Course) -> str:
    """How far a callback has raised the step size, if it has."""
    rates = course.epochs.get("learning_rate", [])
    if course.rate_by is None or len(rates) < 2 or not rates[0] > 0 or not max(rates) > 3 * rates[0]:
        return ""
    return f" {course.rate_by} has raised the learning rate from {rates[0]:.3g} to {max(rates):.3g}."


def _smaller(course: Course, otherwise: str) -> str:
    """The fix for steps that are too large: in the callback, if that has raised them."""
    return f"in {course.rate_by} a schedule that does not raise the rate so far." if _raised(course) else otherwise


def non_finite_loss(course: Course) -> Iterator[Seen]:
    if not course.losses or np.isfinite(course.losses[-1]):
        return
    origin = course.origin
    if origin is None:
        yield seen(
            None, f"The loss became {course.losses[-1]} within {course.steps[-1]} steps.{_raised(course)}",
            _smaller(
                course, "a learning rate 10 times smaller, and clipnorm=1.0 in the optimizer; lamina.diagnose(model, x, y)."
            ),
            step=course.steps[-1],
        )  # fmt: skip
    else:
        yield seen(
            origin.layer,
            f"The loss became {course.losses[-1]}. {origin}{_raised(course) if origin.cause == 'step size' else ''}",
            _smaller(course, origin.fix) if origin.cause == "step size" else origin.fix,
            **origin.evidence(),
            step=course.steps[-1],
        )


def loss_diverging(course: Course) -> Iterator[Seen]:
    losses = course.losses
    first = losses[0] if losses else 0.0
    if course.start is not None and math.isfinite(course.start):
        first = min(first, course.start)
    if len(losses) < 4 or course.steps[-1] < 20 or not all(map(math.isfinite, losses)) or min(losses) <= 0:
        return
    late, most = sum(losses[-2:]) / 2, max(losses)
    if course.floor is not None and late < 1e-3 * course.floor:
        return  # about what is as good as nothing
    nothing = min(0.5 * (course.start or 0.0), course.floor or math.inf)  # is learned down to there
    if course.start is not None and most > _BURST * course.start and late > 0.9 * nothing:
        yield seen(
            None, f"The loss began with {course.start:.4g}, rose to {most:.4g} and is {late:.4g} after {course.steps[-1]} steps: "
            "the first ones led away from all that could be learned.",
            "a learning rate 10 times smaller, and clipnorm=1.0 in the optimizer.", first=course.start, largest=most, loss=late,
        )  # fmt: skip
        return
    if losses[-1] <= 1.5 * first:
        return
    low = min(first, *((a + b) / 2 for a, b in itertools.pairwise(losses)))
    if late > 2 * low and late > 1.5 * first:
        yield seen(
            None, f"The loss was {low:.4g} at its lowest and is {late:.4g} after {course.steps[-1]} steps, more than "
            f"the {first:.4g} it began with.{_raised(course)}",
            _smaller(course, "a learning rate 10 times smaller, and clipnorm=1.0 in the optimizer."),
            lowest=low, loss=late,
        )  # fmt: skip


def loss_oscillating(course: Course) -> Iterator[Seen]:
    loss = course.epochs.get("loss", [])[-20:]
    if len(loss) < 10 or not all(map(math.isfinite, loss)) or min(loss) <= 0:
        return
    first = max(course.losses[0], course.start or 0.0)
    if sum(loss) <= 0.1 * first * len(loss) or sum(loss[-4:]) <= 0.5 * sum(loss[1:5]):
        return  # it falls
    changes = np.diff(loss)
    turns = int(np.sum(changes[1:] * changes[:-1] < 0))
    # Medians: a steep fall before the noise in which a loss settles is no swing.
    swing = float(np.median(np.abs(changes))) / float(np.median(loss))
    if turns > 0.6 * (len(changes) - 1) and swing > 0.3:
        yield seen(
            None, f"The loss goes up and down by {swing:.0%} from epoch to epoch, with {turns} turns in {len(loss)} epochs."
            f"{_raised(course)}", _smaller(course, "a learning rate 10 times smaller, or a larger batch_size."),
            turns=turns, swing=swing,
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


def loss_unbounded(course: Course) -> Iterator[Seen]:
    loss = course.epochs.get("loss", [])
    if not course.is_over or not course.is_default or len(loss) < 4 or course.steps[-1] < 20 or course.losses[0] == 0:
        return
    middle, last = loss[len(loss) // 2 - 1], loss[-1]
    # A loss with a lowest value comes nearer to it ever more slowly; what is linear in the outputs falls faster and faster.
    if all(map(math.isfinite, loss)) and last < -10 * max(abs(course.losses[0]), 1.0) and last < 1.5 * min(middle, 0.0):
        yield seen(
            None, f"The loss began with {course.losses[0]:.4g}, was {middle:.4g} after half of the epochs and is {last:.4g}: it "
            "falls without end, as the outputs grow.", "the loss with the other sign, or one that has a lowest value, which it "
            "takes where the outputs are the targets.", first=course.losses[0], middle=middle, last=last,
        )  # fmt: skip


def updates_too_large(course: Course) -> Iterator[Seen]:
    if course.is_as_a_constant() and course.update is not None and course.update > _LARGE_UPDATE:
        yield seen(
            None, f"After {course.steps[-1]} steps the loss is {course.epochs['loss'][-1]:.4g}, where a constant answer has "
            f"{course.floor:.4g}, and one step still changes the weights by {course.update:.0%} of their size.",
            "a learning rate 10 times smaller.", update=course.update, loss=course.epochs["loss"][-1], constant=course.floor,
        )  # fmt: skip


def updates_too_small(course: Course) -> Iterator[Seen]:
    if course.is_stuck() and course.update is not None and course.update < _SMALL_UPDATE:
        yield seen(
            None, f"The loss does not fall: after {course.steps[-1]} steps one more changes the weights by {course.update:.2g} "
            "of their size.", "a learning rate 1000 times larger, and no clipnorm or clipvalue.", update=course.update,
        )  # fmt: skip


def constant_prediction(course: Course) -> Iterator[Seen]:
    if course.case is None or not (course.is_stuck() or course.is_settled()):
        return
    loss = course.epochs["loss"]
    jumped = not course.is_stuck() and course.floor is not None
    how = (
        f" The first epoch's loss was {loss[0]:.4g}, that of a constant answer is {course.floor:.4g}." if jumped else ""
    )
    fix = (
        "a learning rate 10 times smaller, and clipnorm=1.0 in the optimizer: the first steps took the network too far."
        if jumped
        else "look at what stops the signal: dead units, a learning rate that is too high, inputs that are not scaled."
    )
    for head in course.case.heads:
        predictions, truth = head.predictions, head.truth
        if predictions is None or len(predictions) < 8 or truth is None or np.all(truth == truth[:1]):
            continue
        spread = float(np.max(np.std(predictions.reshape(len(predictions), -1), axis=0)))
        if spread < 1e-6 * max(float(np.abs(predictions).mean()), 1e-12):
            yield seen(
                head.layer, f"After {course.steps[-1]} steps the outputs are the same for all {len(predictions)} samples.{how}",
                fix, spread=spread,
            )  # fmt: skip


def loss_not_decreasing(course: Course) -> Iterator[Seen]:
    if course.is_stuck():
        loss = course.epochs["loss"]
        delta = _delta(course)
        yield seen(
            None, f"The loss was {loss[0]:.4g} after the first epoch and is {loss[-1]:.4g} after {course.steps[-1]} steps; a "
            f"constant answer would have {course.floor:.4g}."
            + (f" No gradient of Huber(delta={delta:g}) is larger than delta." if delta else ""),
            "Huber(delta=1.0): errors below delta count by their square, larger ones only by their size times delta."
            if delta
            else "another learning rate; targets that the inputs tell something of.",
            first=loss[0], last=loss[-1], constant=course.floor,
        )  # fmt: skip


def _delta(course: Course) -> float | None:
    """That of a Huber loss, if it is small beside the targets."""
    for head in course.case.heads if course.case is not None else ():
        y, delta = head.finite_y(), head.options.get("delta", 1.0)
        if head.loss == "huber" and y is not None and 0 < delta < 1e-3 * float(np.std(y)):
            return float(delta)
    return None


def undertrained(course: Course) -> Iterator[Seen]:
    if course.linear is not None and course.linear > 0.5:
        loss = course.epochs["loss"]
        more = math.ceil(FEW_STEPS * len(loss) / course.steps[-1])
        yield seen(
            None, f"Training ends after {course.steps[-1]} steps with a loss of {loss[-1]:.4g}, where a constant answer has "
            f"{course.floor:.4g}; a straight line explains {course.linear:.0%} of what the targets vary by.",
            f"epochs={more}, or a learning rate 10 times larger.", steps=course.steps[-1], loss=loss[-1], constant=course.floor,
            linear=course.linear,
        )  # fmt: skip


def weights_unchanged(course: Course) -> Iterator[Seen]:
    if course.is_unchanged:
        yield seen(
            None, f"No weight has changed after {course.steps[-1]} steps of a train_step of its own.",
            "optimizer.apply_gradients(zip(gradients, weights)) at the end of train_step.", steps=course.steps[-1],
        )  # fmt: skip


def layers_unchanged(course: Course) -> Iterator[Seen]:
    if not course.is_over or course.is_unchanged:
        return
    for path in course.still[:3]:
        yield seen(
            path, f"No weight of it has changed in {course.steps[-1]} steps of a train_step of its own, which changed others; "
            "the loss depends on them.", "gradients of all of self.trainable_variables, and apply_gradients with all of them; "
            "trainable = False for a layer that is to stay as it is.", steps=course.steps[-1],
        )  # fmt: skip


_OWN_STEP = """import lamina
class Own(lamina.Sequential):
    def train_step(self, data):
        x, y = data
        with lamina.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
        weights = self.{whose}trainable_variables
        gradients = tape.gradient(loss, weights)
        {apply}
        return {{"loss": loss}}
rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
y = x[:, :1] - x[:, 1:2]
model = Own([lamina.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
model.compile(optimizer="adam", loss="mse")
fit = dict(epochs=2)"""
_APPLY = "self.optimizer.apply_gradients(zip(gradients, weights))"


def _net(
    optimizer: str, fit: str, y: str = "x[:, :1] - x[:, 1:2]", hidden: str = "", rows: int = 256, loss: str = '"mse"'
) -> str:
    return f"""rng = np.random.default_rng(0)
x = rng.normal(size=({rows}, 8)).astype("float32")
y = {y}
lamina.utils.set_random_seed(0)
model = lamina.Sequential([lamina.Input((8,)), {hidden or 'layers.Dense(16, activation="relu")'}, layers.Dense(1)])
model.compile(optimizer=lamina.optimizers.{optimizer}, loss={loss})
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
         "probabilities-out-of-range", "loss-needs-positive", "loss-sign", "dropout-after-output"),
    ),
    Rule(
        "loss-diverging", COURSE, "warning", "after 20 steps, the loss is twice its lowest and 1.5 times what it began with, or "
        "was 10,000 times that and has not come below half of it, or below that of a constant",
        loss_diverging, "TheDeepChecker", _net("SGD(0.8)", "epochs=40, batch_size=256", hidden="layers.Identity()"), _GOOD,
        ("non-finite-loss",),
    ),
    Rule(
        "loss-oscillating", COURSE, "warning", "10 epochs whose loss goes up and down by 30 % (the median change), and "
        "not down as a whole",
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
        "constant-prediction", COURSE, "warning", "a loss that does not fall, or fell to that of a constant, and outputs that "
        "are the same for all samples",
        constant_prediction, "DeepDiagnosis",
        _net("SGD(1e-4)", "epochs=20", hidden='layers.Dense(16, activation="relu"), layers.Lambda(lambda t: 1e-9 * t)'), _GOOD,
        ("dead-relu", "saturated-activation", "loss-diverging"),
    ),
    Rule(
        "updates-too-large", COURSE, "warning", "100 steps, after which the loss is that of a constant or more, and a step "
        "changes the weights by more than a tenth of their size", updates_too_large, "SageMaker Debugger; TheDeepChecker",
        _net("Lamb(0.25)", "epochs=20", _NOISE.format(256), 'layers.Dense(16, activation="tanh")'), _GOOD,
        ("constant-prediction", "loss-diverging"),
    ),
    Rule(
        "updates-too-small", COURSE, "warning", "a loss that does not fall, and a step that changes the weights by less than "
        "a hundred-millionth of their size", updates_too_small, "SageMaker Debugger",
        _net("SGD(2e-5, clipnorm=1e-4)", "epochs=14"), _GOOD, ("constant-prediction",),
    ),
    Rule(
        "loss-unbounded", COURSE, "error", "4 epochs or more with the built-in step, and a loss at -10 times what it began with "
        "that falls ever faster", loss_unbounded, "TheDeepChecker",
        _net("Adam(0.01)", "epochs=30", loss="lambda t, p: -lamina.ops.mean(t * p, axis=-1)"),
        _net("Adam(0.01)", "epochs=30", loss="lambda t, p: lamina.ops.log(1e-4 + lamina.ops.square(t - p))"),
        ("loss-sign", "loss-diverging"),
    ),
    Rule(
        "loss-not-decreasing", COURSE, "warning", "100 steps in 3 epochs that bring the loss down by less than 1 %, and not "
        "below that of a constant, or 500 in 6 that leave it there for half of them", loss_not_decreasing,
        "TheDeepChecker; SageMaker Debugger; AUTOTRAINER",
        _net("SGD(0.01, clipnorm=2e-4)", "epochs=14"), _GOOD,
        ("constant-prediction", "updates-too-large", "updates-too-small", "dead-relu", "saturated-activation",
         "vanishing-gradient", "no-gradient", "average-weights-cold"),
    ),
    Rule(
        "undertrained", COURSE, "warning", "4 epochs or more of 20 to 500 steps in all (from 100 on, the last of which brought "
        "the loss down by a tenth), with which it ends at that of a constant, while a straight line through the inputs explains "
        "half of what the targets vary by", undertrained, "DeepFD",
        _net("SGD(1e-4)", "epochs=5"), _GOOD,
        ("loss-not-decreasing", "constant-prediction", "updates-too-large", "updates-too-small", "loss-diverging",
         "loss-oscillating", "dead-relu", "saturated-activation", "vanishing-gradient", "no-gradient", "average-weights-cold",
         "data-unseen", "same-batches"),
    ),
    Rule(
        "weights-unchanged", COURSE, "error", "8 steps or more of a train_step of one's own that leave all weights as they are",
        weights_unchanged, "practice with own training loops", _OWN_STEP.format(whose="", apply="pass"),
        _OWN_STEP.format(whose="", apply=_APPLY),
    ),
    Rule(
        "layers-unchanged", COURSE, "warning", "8 steps or more of a train_step of one's own that leave all weights of a layer "
        "as they are and change others, while the layer is trainable, the model itself calls it and the loss depends on it; not "
        "of layers inside another model", layers_unchanged, "practice with own training loops",
        _OWN_STEP.format(whose="layers[-1].", apply=_APPLY), _OWN_STEP.format(whose="", apply=_APPLY),
        ("weights-unchanged",),
    ),
)  # fmt: skip
