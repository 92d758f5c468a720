"""`Blocks`: batches of the training rows of a large table, drawn in an order that changes all the time."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from lamina import utils

from .._columns import steady
from .._rounds import Round, features_of_inputs, padded, standardised
from .._settings import FitSettings
from .._training import Schedule
from ._division import TRAINING, Division

_BLOCK = 2048  # rows that follow each other in the table
_MOST, _LEAST = 1 << 16, 4 * _BLOCK  # rows that are mixed
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
        wide = 4 * 4 * one.training.network.shape[1] + 8 * one.training.linear.shape[1]
        mixed = int(np.clip(self.memory // max(wide, 1), _LEAST, _MOST))
        return Batches(self._shuffled(one, mixed, width, members, schedule.batch_size, seed), steps)

    def _shuffled(self, one: Round, most: int, width: int, members: int, size: int, seed: int) -> Iterator[Any]:
        """Batches without end: blocks are drawn in a new order each time, several of them mixed."""
        rng = np.random.default_rng(seed)
        x, y = np.zeros((0, width), "float32"), np.zeros((0, one.target.units), "float32")
        while True:
            order = rng.permutation(-(-self.division.cache.rows // _BLOCK))
            for start in range(0, len(order), most // _BLOCK):
                new_x, new_y = self._read(one, order[start : start + most // _BLOCK], width)
                x, y = np.concatenate([x, new_x]), np.concatenate([y, new_y])
                mixture = rng.permutation(len(x))
                whole = len(x) - len(x) % size
                for first in range(0, whole, size):
                    rows = mixture[first : first + size]
                    yield x[rows], np.repeat(y[rows][:, None], members, axis=1)
                x, y = x[mixture[whole:]], y[mixture[whole:]]

    def _read(self, one: Round, blocks: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
        """Features and targets of the training rows of some blocks."""
        cache = self.division.cache
        places = [(block * _BLOCK, _BLOCK) for block in blocks.tolist()]
        kept = np.concatenate([self.division.parts(*place) for place in places]) == TRAINING
        truth = np.concatenate([cache.truth(*place) for place in places])[kept]
        pieces = [cache.inputs(*place) for place in places]
        inputs = {name: np.concatenate([piece[name] for piece in pieces]) for name in cache.used}
        # Of whole blocks, since the engine makes a program for each number of rows.
        features = features_of_inputs(one, steady(inputs))[kept]
        return padded(features, width), standardised(one.target, truth).astype("float32")


class Batches(utils.PyDataset):
    """So many batches an epoch of an endless source."""

    def __init__(self, source: Iterator[Any], steps: int):
        super().__init__()
        self.source, self.steps = source, steps

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> Any:
        return next(self.source)
