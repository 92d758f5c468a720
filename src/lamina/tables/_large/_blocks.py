"""`Blocks`: batches of the training rows of a large table, drawn in an order that changes all the time."""

from typing import Any

import numpy as np

from lamina import utils

from .._columns import TEXT, steady
from .._memory import give_back
from .._rounds import Round, features_of_inputs, padded, standardised
from .._settings import FitSettings
from .._training import Schedule
from ._cache import mixed
from ._division import TRAINING, Division

_BLOCK = 2048  # rows that follow each other in the table
_MOST, _LEAST = 1 << 16, 4 * _BLOCK  # rows that are mixed
_OF_TEXT, _OF_VALUE = 400, 16  # bytes of a value while rows are mixed
_MADE = 2048  # rows whose features are made at once
_BATCH = 512
_EPOCH = 1 << 17  # rows after which the validation rows are asked
_VISITS = 5_000_000  # rows that are trained on at least, if twenty rounds through the table are more
_ROUNDS = {"quick": (0.25, 8), "normal": (1.0, 20), "best": (3.0, 40)}  # of the whole table: at least, at most


class Blocks:
    """The training rows on disk.

    Args:
        division: which they are.
        rows: how many.
        memory: bytes that the rows being mixed may take.
    """

    def __init__(self, division: Division, rows: int, memory: int):
        self.division, self.rows, self.memory = division, rows, memory

    def schedule(self, settings: FitSettings) -> Schedule:
        """How a network is trained on them; an epoch is a part of the rows only where they are many."""
        least, most = _ROUNDS[settings.effort]
        visits = min(most * self.rows, max(_VISITS, least * self.rows))
        epochs = settings.epochs or max(round(visits / self.epoch_rows), 1)
        batch = settings.batch_size or min(_BATCH, self.epoch_rows)
        return Schedule(epochs, batch, settings.learning_rate, settings.weight_decay, settings.patience)

    @property
    def epoch_rows(self) -> int:
        return min(self.rows, _EPOCH)

    def batches(self, one: Round, schedule: Schedule, width: int, members: int, seed: int) -> "Batches":
        """The batches of one training of a round."""
        steps = max(self.epoch_rows // schedule.batch_size, 1)
        return Batches(self, one, width, members, min(schedule.batch_size, self.rows), steps, seed)

    def fingerprint(self) -> tuple[int, int]:
        """What differs if the training rows, or what is in them, differ: how many, and a sum of their keys."""
        total = 0
        for first, parts in self.division.pieces():
            keys = self.division.cache.keys(first, len(parts))[parts == TRAINING].astype("uint64")
            total = (total + int(mixed(keys, first + np.flatnonzero(parts == TRAINING)).sum())) % (1 << 64)
        return self.rows, total

    def counts(self) -> np.ndarray:
        """How many training rows each block has."""
        cache = self.division.cache
        firsts = range(0, cache.rows, _BLOCK)
        return np.array([(self.division.parts(first, _BLOCK) == TRAINING).sum() for first in firsts])

    def mixed_at_once(self) -> int:
        """How many blocks have room beside each other."""
        kinds = [column.kind for column in self.division.cache.used.values()]
        wide = sum(_OF_TEXT if kind == TEXT else _OF_VALUE for kind in kinds)
        return int(np.clip(self.memory // wide, _LEAST, _MOST)) // _BLOCK

    def read(self, blocks: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """The training rows of some blocks: by column, as the cache holds them, and their encoded targets."""
        cache = self.division.cache
        places = [(block * _BLOCK, _BLOCK) for block in blocks.tolist()]
        kept = [self.division.parts(*place) == TRAINING for place in places]
        pieces = [cache.compact(*place) for place in places]
        held = {name: np.concatenate([piece[name][k] for piece, k in zip(pieces, kept)]) for name in cache.used}
        return held, np.concatenate([cache.truth(*place)[k] for place, k in zip(places, kept)])


class Batches(utils.PyDataset):
    """Batches that follow from a seed, the epoch and the number of the batch in it alone, so that a training can be resumed.

    Round after round through the table its blocks are drawn in a new order; so many as have room are mixed, and cut into batches.
    What is left of a mixture has its turn in a later round.

    Args:
        blocks: the rows.
        one: the round whose features they become.
        width: of the features; members, how often each target is repeated.
        size: rows of a batch.
        steps: batches an epoch.
        seed: of the orders.
    """

    def __init__(self, blocks: Blocks, one: Round, width: int, members: int, size: int, steps: int, seed: int):
        super().__init__()
        self.blocks, self.one, self.width, self.members = blocks, one, width, members
        self.size, self.steps, self.seed = size, steps, seed
        self.epoch = 0
        self._counts = blocks.counts()
        at_once = max(blocks.mixed_at_once(), 2 * size * len(self._counts) // blocks.rows)
        self._at_once = at_once if size * 2 < blocks.rows else len(self._counts)
        self._begin_round(0, 0)

    def __len__(self) -> int:
        return self.steps

    def on_epoch_end(self) -> None:
        self.epoch += 1

    def __getitem__(self, index: int) -> Any:
        step = self.epoch * self.steps + index - self._first
        if step < 0:
            self._begin_round(0, 0)
            return self[index]
        while step >= self._ends[-1]:
            step -= self._ends[-1]
            self._begin_round(self._round + 1, self._first + self._ends[-1])
        mixture = int(np.searchsorted(self._ends, step, side="right"))
        inside = step - (self._ends[mixture - 1] if mixture else 0)
        if self._present != mixture:
            self._mix(mixture)
        if not self._made <= inside < self._made + len(self._x) // self.size:
            self._make(inside)
        rows = slice((inside - self._made) * self.size, (inside - self._made + 1) * self.size)
        return self._x[rows], np.repeat(self._y[rows][:, None], self.members, axis=1)

    def _begin_round(self, number: int, first: int) -> None:
        """Draws the order of a round; its first step is `first`."""
        self._round, self._first, self._present = number, first, -1
        self._order = np.random.default_rng((self.seed, number)).permutation(len(self._counts))
        rows = np.add.reduceat(self._counts[self._order], np.arange(0, len(self._order), self._at_once))
        self._ends = np.cumsum(rows // self.size).tolist()

    def _mix(self, mixture: int) -> None:
        """Reads the rows of a mixture, in a drawn order."""
        self._held: dict[str, np.ndarray] = {}  # what was held before has made room
        give_back()
        held, truth = self.blocks.read(self._order[mixture * self._at_once : (mixture + 1) * self._at_once])
        order = np.random.default_rng((self.seed, self._round, mixture)).permutation(len(truth))
        self._held = {name: values[order] for name, values in held.items()}
        self._targets = standardised(self.one.target, truth[order]).astype("float32")
        self._present, self._made = mixture, 0
        self._x, self._y = np.zeros((0, self.width), "float32"), self._targets[:0]

    def _make(self, first: int) -> None:
        """The features of some batches of the mixture."""
        start = first * self.size
        end = start + max(_MADE // self.size, 1) * self.size
        rows = slice(start, min(end, len(self._targets) // self.size * self.size))
        inputs = self.blocks.division.cache.unfolded({name: values[rows] for name, values in self._held.items()})
        self._x = padded(features_of_inputs(self.one, steady(inputs)), self.width)
        self._y, self._made = self._targets[rows], first
