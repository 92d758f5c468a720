"""Rules on moving averages, with which a trained network computes other than in training."""

from collections.abc import Iterator

from ._course import Averaged, Course
from ._rule import COURSE, Rule, Seen, seen

_SLOW = 0.05  # of the way that the weights go between two averages that take their place

# Of what a training has gained over a constant answer. Statistics that are off make classes less sure long before they
# change, so that there the loss tells less.
_OF_CLASSES, _OF_OTHERS, _OF_WEIGHTS = 0.8, 0.5, 0.25
_OTHER = 0.1  # of the samples, that are given another class


def moving_statistics_cold(course: Course) -> Iterator[Seen]:
    found = course.statistics
    if found is None or (found.other is not None and found.other < _OTHER):
        return
    if _are_lost(course, found, _OF_OTHERS if found.other is None else _OF_CLASSES):
        yield seen(
            found.layer, f"After {found.steps} steps its moving mean is {found.gap:.2g} standard deviations from the mean of its "
            f"inputs, and its moving variance {found.ratio:.2g} times theirs: with momentum={found.momentum:g}, {found.kept:.0%} "
            f"of both is still what they began with. The loss is {found.trained:.4g} in training and {found.averaged:.4g} at "
            "inference.", f"BatchNormalization(momentum={_momentum(found.steps)}), or more steps.",
            steps=found.steps, momentum=found.momentum, kept=found.kept, gap=found.gap, ratio=found.ratio,
            training=found.trained, inference=found.averaged,
        )  # fmt: skip


def average_weights_cold(course: Course) -> Iterator[Seen]:
    found = course.weights
    if found is not None and found.every:
        if found.pace < _SLOW and found.steps >= 100 and found.trained > 0.8 * course.untrained() > 0:
            yield seen(
                None, f"ema_overwrite_frequency={found.every} sets the weights back to their averages every {found.every} steps, "
                f"and with ema_momentum={found.momentum:g} these have gone {found.pace:.1%} of the way: after {found.steps} "
                f"steps the loss is still {found.trained:.4g}.", "ema_overwrite_frequency=None, or a smaller ema_momentum.",
                steps=found.steps, momentum=found.momentum, every=found.every, pace=found.pace,
            )  # fmt: skip
    elif found is not None and _are_lost(course, found, _OF_WEIGHTS):
        yield seen(
            None, f"The weights that training ends with are moving averages: with ema_momentum={found.momentum:g}, "
            f"{found.kept:.0%} of them are the first weights after {found.steps} steps. With them the loss is "
            f"{found.averaged:.4g}, with the weights as they were trained {found.trained:.4g}.",
            f"ema_momentum={_momentum(found.steps)}, or more steps.", steps=found.steps, momentum=found.momentum,
            kept=found.kept, trained=found.trained, averaged=found.averaged,
        )  # fmt: skip


def _are_lost(course: Course, found: Averaged, share: float) -> bool:
    """Whether the averages lose a share of what was learned, and that was much."""
    nothing = course.untrained()
    return found.trained < 0.8 * nothing and found.averaged - found.trained > share * (nothing - found.trained)


def _momentum(steps: int) -> float:
    """One that leaves less than a hundredth of the first values."""
    return next((m for m in (0.99, 0.95, 0.9, 0.8) if m**steps < 0.01), 0.5)


def _net(normalisation: str, optimizer: str, epochs: int) -> str:
    return f"""rng = np.random.default_rng(0)
x = (3 * rng.normal(size=(256, 8)) + 4).astype("float32")
y = (x[:, :1] - x[:, 1:2]) / 4
lamina.utils.set_random_seed(0)
model = lamina.Sequential([
    lamina.Input((8,)), layers.{normalisation}, layers.Dense(16, activation="relu"), layers.Dense(1)])
model.compile(optimizer=lamina.optimizers.{optimizer}, loss="mse")
fit = dict(epochs={epochs})"""


_STATED = "Normalization(mean=[4.0] * 8, variance=[9.0] * 8)"

RULES = (
    Rule(
        "moving-statistics-cold", COURSE, "warning", "2 epochs or more, and the moving averages of a BatchNormalization still "
        "hold 2 % or more of what they began with, so that with them the loss loses half of what it has gained over a constant "
        "answer; where there are classes, four fifths, and a tenth of the samples are given another class",
        moving_statistics_cold, "Keras issues 7265 and 10666", _net("BatchNormalization(momentum=0.9999)", "Adam(0.01)", 10),
        _net("BatchNormalization()", "Adam(0.01)", 60), ("loss-diverging", "non-finite-loss"),
    ),
    Rule(
        "average-weights-cold", COURSE, "warning", "2 epochs or more with use_ema, and the averages still hold 2 % or more of "
        "the first weights, so that with them the loss loses a quarter of what it has gained over a constant answer; or with "
        "ema_overwrite_frequency they go less than a twentieth of the way of the weights between two overwrites, and 100 steps "
        "have taken less than a fifth off the loss",
        average_weights_cold, "practice with averaged weights",
        _net(_STATED, "Adam(0.01, use_ema=True, ema_momentum=0.9999)", 10),
        _net(_STATED, "Adam(0.01, use_ema=True, ema_momentum=0.9)", 10), ("loss-diverging", "non-finite-loss"),
    ),
)  # fmt: skip
