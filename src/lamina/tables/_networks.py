"""The networks of all rounds, trained one after the other."""

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lamina import __version__, utils

from ._bins import bins_of
from ._display import Display
from ._keeping import Keeping, Trained, key_of
from ._large._blocks import Blocks
from ._network import Head, Shape, build_core, embedded_sizes
from ._report import Speaker
from ._rounds import (
    LINEAR,
    NETWORK,
    Network,
    Round,
    factor_of,
    in_units,
    network_name,
    padded,
    standardised,
    trained_losses_of,
)
from ._scales import compared, on_logs
from ._settings import Candidate, FitSettings
from ._target import NUMBER
from ._training import Core, Schedule

_SEEDS_APART, _CANDIDATES_APART = 1000, 100  # between the first weights of two rounds, and of two candidates
_BY_NUMBER = "of the networks fitted on the number itself"


def fit_networks(
    rounds: list[Round], settings: FitSettings, say: Speaker, blocks: Blocks | None = None
) -> tuple[list[Round], bool]:
    """Trains the networks of each round.

    The first of the candidates, for a target of a long tail, on both scales; the others on the scale that the validation rows
    prefer. Of a large table `blocks` are the training rows, and the first candidate is the only one. Gives the rounds that
    were finished before Ctrl-C, on the scale that is preferred; and whether there was one.
    """
    console = say.console if settings.verbose else None
    scales = [rounds] if rounds[0].log is None else [rounds, on_logs(rounds)]
    candidates = settings.candidates if blocks is None else settings.candidates[:1]
    trainings = (len(scales) + len(candidates) - 1) * len(rounds)
    schedule = schedule_for(settings, rounds, blocks)
    key = _key(scales, schedule, settings, blocks) if settings.resume is not None else ""
    keeping = Keeping(settings.resume, key)
    began = time.monotonic()
    with Display(console, trainings, schedule.epochs, schedule.patience, settings.budget) as display:
        course = Course(settings, candidates, schedule, keeping, display, blocks, began)
        finished, was_cut = _trained(Series([one for of in scales for one in of], len(rounds), course), say)
        if len(scales) == 2 and finished == 2 * len(rounds):
            is_better, said = compared(NETWORK, *scales)
            say.note(said)
            rounds = scales[is_better]
        if was_cut:
            return rounds[:finished], True
        return rounds, _others_trained(rounds, len(scales) * len(rounds), course, say)


def _key(scales: list[list[Round]], schedule: Schedule, settings: FitSettings, blocks: Blocks | None) -> str:
    rounds = [one for of in scales for one in of]
    parts = [part for one in rounds for part in (one.training, one.validation, one.test)]
    targets = [(one.target.kind, one.target.log) for one in rounds]
    about: tuple[Any, ...] = __version__, settings.candidates, schedule, settings.seed, targets
    if blocks is not None:
        about += blocks.fingerprint()
    return key_of((array for part in parts for array in (part.network, part.truth)), *about)


def _others_trained(rounds: list[Round], first: int, course: "Course", say: Speaker) -> bool:
    """Trains the further candidates, as far as the time lasts, and gives whether Ctrl-C ended them.

    A candidate that was not trained in all rounds is as none. `first` is the place of its first training among all.
    """
    candidates = course.candidates
    for number in range(1, len(candidates)):
        if not course.has_time():
            say.note(f"the time was over after {number} of {len(candidates)} networks a fold.")
            return False
        series = Series(rounds, len(rounds), course, number, first + (number - 1) * len(rounds))
        try:
            for i in range(len(rounds)):
                series.train(i)
                if rounds[i].networks[series.name].run.cut == "interrupted":
                    raise KeyboardInterrupt
        except KeyboardInterrupt:
            for one in rounds:
                for kept in (one.networks, one.heads, one.validated, one.tested):
                    kept.pop(series.name, None)
            say.warn(f"interrupted; what follows is of the first {number} of {len(candidates)} networks a fold.")
            return True
        say.line(f"  {series.name} of {len(candidates)} ({described(candidates[number])}): {series.told()}")
    return False


def described(candidate: Candidate) -> str:
    """How a network differs from others, in words."""
    times = [
        f"{factor:g} times the {name}"
        for factor, name in ((candidate.rate, "step size"), (candidate.decay, "penalty"))
        if factor != 1
    ]
    hidden = " and ".join(map(str, candidate.shape.hidden))
    return ", ".join([f"{ways_of_numbers(candidate.shape)} a number", f"hidden {hidden}", *times])


def ways_of_numbers(shape: Shape) -> str:
    """What a number becomes, in words."""
    ways = [f"{shape.embedding} learned waves and lines"] if shape.embedding > 1 else []
    ways += [f"{shape.bins} bins"] if shape.bins else []
    return " and ".join(ways) or "1 input"


def _trained(series: "Series", say: Speaker) -> tuple[int, bool]:
    """How many trainings were done, and whether Ctrl-C ended them."""
    finished, folds = 0, series.folds
    try:
        for i, one in enumerate(series.rounds):
            was_kept = series.train(i)
            finished = i + 1
            if len(series.rounds) > 1:
                title = f"fold {i % folds + 1} of {folds}" if folds > 1 else "network"
                scale = ", logarithmic scale" if i >= folds else ""
                say.line(f"  {title}{scale}: {_told(one)}{', kept from before' if was_kept else ''}")
            if one.run.cut == "interrupted":
                done = f"of the {finished} folds begun" if folds > 1 else "the best epoch so far"
                say.warn(f"interrupted; what follows is {done if i < folds else _BY_NUMBER}.")
                return finished - (i >= folds), True
    except KeyboardInterrupt:
        if not finished:
            raise
        done = f"of the {finished} folds that were finished"
        say.warn(f"interrupted; what follows is {done if finished < folds else _BY_NUMBER}.")
        return finished, True
    return finished, False


@dataclass
class Course:
    """What all trainings of a fit have in common; `began`, in the seconds of `time.monotonic`."""

    settings: FitSettings
    candidates: list[Candidate]
    schedule: Schedule
    keeping: Keeping
    display: Display
    blocks: Blocks | None
    began: float

    def has_time(self) -> bool:
        """Whether there is time for another candidate."""
        return self.settings.budget is None or time.monotonic() < self.began + self.settings.budget

    def end(self, candidate: int) -> float | None:
        """When the trainings of a candidate, which begin now, must be over: all but the last may use half of what is left."""
        if self.settings.budget is None:
            return None
        now = time.monotonic()
        left = max(self.began + self.settings.budget - now, 0)
        return now + (left if candidate == len(self.candidates) - 1 else left / 2)


class Series:
    """The trainings of one candidate: one compiled network that is started anew for each round.

    The rounds on the logarithmic scale follow the `folds` ones on the number's own, and begin as these.

    Args: `number`, place of the candidate; `first`, place of the first of the trainings among all of the fit.
    """

    def __init__(self, rounds: list[Round], folds: int, course: Course, number: int = 0, first: int = 0):
        self.rounds, self.folds, self.course, self.number, self.first = rounds, folds, course, number, first
        self.name, self.candidate = network_name(number), course.candidates[number]
        self.width = max(one.training.network.shape[1] for one in rounds)
        self.sizes = tuple(map(max, zip(*(embedded_sizes(one.columns) for one in rounds))))
        self.end = course.end(number)
        self.core: Core | None = None

    def train(self, place: int) -> bool:
        """Trains the network of a round; gives whether that was done already."""
        one, course, shape = self.rounds[place], self.course, self.candidate.shape
        seed = course.settings.seed + _SEEDS_APART * (place % self.folds) + _CANDIDATES_APART * self.number
        utils.set_random_seed(seed)
        model = self._network(self.width, self.sizes, seed)
        start = model.get_weights()
        schedule = self._schedule()
        core = self.core = self.core or Core(model, one.target, shape.members, schedule)
        x = [padded(part.network, self.width) for part in (one.training, one.validation, one.test)]
        kept = course.keeping.load(self.first + place)
        if kept is None:
            y = [standardised(one.target, part.truth) for part in (one.training, one.validation)]
            if one.numbers and shape.bins:
                first = shape.wave_weights
                start[first : first + 2] = bins_of(x[0][:, : one.numbers], shape.bins)
            training: Any = x[0], y[0]
            rows = len(x[0])
            if course.blocks is not None:
                training = course.blocks.batches(one, schedule, self.width, shape.members, seed)
                rows = course.blocks.rows
            within = course.keeping.within(self.first + place, rows)
            run = core.train(start, training, (x[1], y[1]), self._deadline(place), course.display, within)
            trained = Trained(run, *(core.answers(run.weights, features) for features in x[1:]), core.progress())
            course.keeping.save(self.first + place, trained)
        else:
            trained = kept
            core.catch_up(kept.progress)
        one.networks[self.name], one.width = Network(core, trained.run), self.width
        factor = factor_of(one, trained.validated)
        one.validated[self.name] = in_units(one.target, trained.validated, factor)
        one.tested[self.name] = in_units(one.target, trained.tested, factor)
        like = self._network(one.training.network.shape[1], embedded_sizes(one.columns), 0).get_weights()
        one.heads[self.name] = Head(one.columns, one.target, _trimmed(trained.run.weights, like), shape, factor)
        return kept is not None

    def _network(self, width: int, sizes: tuple[int, ...], seed: int) -> Any:
        one = self.rounds[0]
        return build_core(width, one.numbers, one.target.units, self.candidate.shape, seed, sizes)

    def _schedule(self) -> Schedule:
        common = self.course.schedule
        return replace(
            common, learning_rate=common.learning_rate * self.candidate.rate,
            weight_decay=common.weight_decay * self.candidate.decay,
        )  # fmt: skip

    def _deadline(self, place: int) -> float | None:
        """What is left of the time is shared by the rounds that are left."""
        if self.end is None:
            return None
        now = time.monotonic()
        return now + max(self.end - now, 0) / (len(self.rounds) - place)

    def told(self) -> str:
        """The mean loss of all rounds on their validation rows."""
        runs = [one.networks[self.name].run for one in self.rounds]
        loss = np.mean([run.history["val_loss"][run.best_epoch - 1] for run in runs])
        return f"validation loss {loss:.4f}{', cut by the time' if any(run.cut == 'time' for run in runs) else ''}"


def _told(one: Round) -> str:
    best = one.run.history["val_loss"][one.run.best_epoch - 1]
    other = trained_losses_of(one.target, one.validated[LINEAR], one.validation.truth).mean()
    kind = "linear" if one.target.kind == NUMBER else "logistic"
    ended = ", stopped by the time" if one.run.cut == "time" else ""
    return (
        f"validation loss {best:.4f} (epoch {one.run.best_epoch} of {one.run.epochs}{ended}), {kind} model {other:.4f}"
    )


def schedule_for(settings: FitSettings, rounds: list[Round], blocks: Blocks | None = None) -> Schedule:
    """Rows an update: small enough for some tens of steps an epoch, large enough to be quick. Epochs: by the effort's steps."""
    if blocks is not None:
        return blocks.schedule(settings)
    rows = min(len(one.training.table) for one in rounds)
    batch = settings.batch_size or int(np.clip(2 ** round(np.log2(max(rows / 20, 1))), 16, 256))
    effort = settings.spent
    epochs = settings.epochs or int(np.clip(effort.steps // -(-rows // batch), effort.least, effort.most))
    return Schedule(epochs, batch, settings.learning_rate, settings.weight_decay, settings.patience)


def _trimmed(weights: list[np.ndarray], like: list[np.ndarray]) -> list[np.ndarray]:
    return [w[tuple(slice(n) for n in other.shape)] for w, other in zip(weights, like, strict=True)]
