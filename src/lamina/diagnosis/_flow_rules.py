"""Rules on which of the data a training has seen."""

from collections.abc import Iterator

from ._course import Course
from ._rule import COURSE, Rule, Seen, seen

_FEW_STEPS = 100


def data_unseen(course: Course) -> Iterator[Seen]:
    loss = course.epochs.get("loss", [])
    if not course.is_over or course.batches is None or course.asked is None or len(loss) < 3 or not course.steps:
        return
    steps, first = course.steps[-1], max(loss[0], course.start or 0.0)
    if steps <= _FEW_STEPS and 2 * steps < course.batches and loss[-1] > 0.5 * first > 0:
        epochs = -(-course.batches // course.asked)
        yield seen(
            None, f"With steps_per_epoch={course.asked} the {len(loss)} epochs have used {steps} of {course.batches} batches; "
            f"the loss was {first:.4g} and is {loss[-1]:.4g}.",
            f"no steps_per_epoch, so that an epoch is all of the data, or {epochs} epochs or more.",
            steps=steps, batches=course.batches, steps_per_epoch=course.asked,
        )  # fmt: skip


def same_batches(course: Course) -> Iterator[Seen]:
    if course.alike:
        yield seen(
            None, f"All {course.alike} batches are the same {course.rows} samples: nothing else of the data is learned.",
            "__getitem__(index), or the generator, that gives the samples from index * batch_size on.",
            batches=course.alike, samples=course.rows,
        )  # fmt: skip


_DATA = """rng = np.random.default_rng(0)
features = rng.normal(size=(1024, 8)).astype("float32")
targets = features[:, :1] - features[:, 1:2]
lamina.utils.set_random_seed(0)
model = lamina.Sequential([lamina.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
model.compile(optimizer=lamina.optimizers.Adam(0.001), loss="mse")
"""
_BATCHES = """class Batches(lamina.utils.PyDataset):
    def __len__(self):
        return 32
    def __getitem__(self, index):
        part = slice(32 * {index}, 32 * {index} + 32)
        return features[part], targets[part]
x, y = Batches(), None
fit = dict(epochs=3)"""

RULES = (
    Rule(
        "data-unseen", COURSE, "warning", "3 epochs or more with steps_per_epoch, 100 steps at most, that leave more than half "
        "of the batches unused, and a loss that has not halved", data_unseen, "practice with large data",
        _DATA + "x, y = features, targets\nfit = dict(epochs=5, steps_per_epoch=2)",
        _DATA + "x, y = features, targets\nfit = dict(epochs=16, steps_per_epoch=2)",
    ),
    Rule(
        "same-batches", COURSE, "error", "an epoch of 4 batches or more, all the same: of a PyDataset or loader with a length, "
        "whose batch has 512 samples at most, or of any stream whose batch has fewer samples than the validation data, or a "
        "usual size of batches up to 64; not where inputs or targets are constant", same_batches, "practice with generators",
        _DATA + _BATCHES.format(index="0"), _DATA + _BATCHES.format(index="index"),
    ),
)  # fmt: skip
