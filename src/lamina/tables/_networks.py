"""The networks of all rounds, trained one after the other."""

import time
from typing import Any

import numpy as np

from lamina import __version__, utils

from ._display import Display
from ._keeping import Keeping, Trained, key_of
from ._large._blocks import Blocks
from ._network import Head, build_core, embedded_sizes
from ._report import Speaker
from ._rounds import LINEAR, NETWORK, Round, factor_of, in_units, padded, standardised, trained_losses_of
from ._scales import compared, on_logs
from ._settings import FitSettings
from ._target import NUMBER
from ._training import Core, Schedule

_SEEDS_APART = 1000  # between the first weights of two rounds
_BY_NUMBER = "of the networks fitted on the number itself"


def fit_networks(
    rounds: list[Round], settings: FitSettings, say: Speaker, blocks: Blocks | None = None
) -> tuple[list[Round], bool]:
    """Trains the network of each round, for a target of a long tail on both scales.

    Of a large table `blocks` are the training rows. Gives the rounds that were finished before Ctrl-C, on the scale that the
    validation rows prefer; and whether there was one.
    """
    schedule = schedule_for(settings, rounds, blocks)
    console = say.console if settings.verbose else None
    scales = [rounds] if rounds[0].log is None else [rounds, on_logs(rounds)]
    with Display(console, len(scales) * len(rounds), schedule.epochs, schedule.patience, settings.budget) as display:
        series = _Series([one for scale in scales for one in scale], len(rounds), settings, schedule, display, blocks)
        finished, was_cut = _trained(series, say)
    if len(scales) == 1 or finished < 2 * len(rounds):
        return rounds[:finished], was_cut
    is_better, said = compared(NETWORK, *scales)
    say.note(said)
    return scales[is_better], was_cut


def _trained(series: "_Series", say: Speaker) -> tuple[int, bool]:
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


class _Series:
    """The trainings of a fit: one compiled network that is started anew for each round.

    The rounds on the logarithmic scale follow the `folds` ones on the number's own, and begin as these.
    """

    def __init__(
        self, rounds: list[Round], folds: int, settings: FitSettings, schedule: Schedule, display: Display,
        blocks: Blocks | None,
    ):  # fmt: skip
        self.blocks = blocks
        self.rounds, self.settings, self.schedule, self.display = rounds, settings, schedule, display
        self.folds = folds
        self.width = max(one.training.network.shape[1] for one in rounds)
        self.sizes = tuple(map(max, zip(*(embedded_sizes(one.columns) for one in rounds))))
        self.began = time.monotonic()
        self.core: Core | None = None
        self.keeping = Keeping(settings.resume, self._key() if settings.resume is not None else "")

    def _key(self) -> str:
        parts = [part for one in self.rounds for part in (one.training, one.validation, one.test)]
        targets = [(one.target.kind, one.target.log) for one in self.rounds]
        about: tuple[Any, ...] = __version__, self.settings.shape, self.schedule, self.settings.seed, targets
        if self.blocks is not None:
            about += self.blocks.fingerprint()
        return key_of((array for part in parts for array in (part.network, part.truth)), *about)

    def train(self, place: int) -> bool:
        """Trains the network of a round; gives whether that was done already."""
        one, settings = self.rounds[place], self.settings
        seed = settings.seed + _SEEDS_APART * (place % self.folds)
        utils.set_random_seed(seed)
        model = self._network(self.width, self.sizes, seed)
        start = model.get_weights()
        core = self.core = self.core or Core(model, one.target, settings.shape.members, self.schedule)
        x = [padded(part.network, self.width) for part in (one.training, one.validation, one.test)]
        kept = self.keeping.load(place)
        if kept is None:
            y = [standardised(one.target, part.truth) for part in (one.training, one.validation)]
            training: Any = x[0], y[0]
            if self.blocks is not None:
                training = self.blocks.batches(one, self.schedule, self.width, settings.shape.members, seed)
            within = self.keeping.within(place, len(x[0]) if self.blocks is None else self.blocks.rows)
            run = core.train(start, training, (x[1], y[1]), self._deadline(place), self.display, within)
            trained = Trained(run, *(core.answers(run.weights, features) for features in x[1:]), core.progress())
            self.keeping.save(place, trained)
        else:
            trained = kept
            core.catch_up(kept.progress)
        one.run, one.core, one.width = trained.run, core, self.width
        factor = factor_of(one, trained.validated)
        one.validated[NETWORK] = in_units(one.target, trained.validated, factor)
        one.tested[NETWORK] = in_units(one.target, trained.tested, factor)
        like = self._network(one.training.network.shape[1], embedded_sizes(one.columns), 0).get_weights()
        one.heads[NETWORK] = Head(one.columns, one.target, _trimmed(one.run.weights, like), settings.shape, factor)
        return kept is not None

    def _network(self, width: int, sizes: tuple[int, ...], seed: int) -> Any:
        one = self.rounds[0]
        return build_core(width, one.numbers, one.target.units, self.settings.shape, seed, sizes)

    def _deadline(self, place: int) -> float | None:
        """What is left of the time is shared by the rounds that are left."""
        if self.settings.budget is None:
            return None
        now = time.monotonic()
        return now + max(self.began + self.settings.budget - now, 0) / (len(self.rounds) - place)


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
