"""`Course`: how a training goes."""

import math
from dataclasses import dataclass, field
from typing import Any

FEW_STEPS = 500


@dataclass(frozen=True)
class Monitored:
    """A callback that watches one log.

    Attributes: `callback`, the name of its class; `monitor`, of the log; `is_larger_better`, as the callback takes it, and
    `is_guessed`, whether it took that from the name; `direction`, 1 where larger is known to be better of logs of that name, -1
    where smaller is, 0 where it is not known; `is_share`, whether the log is never above 1; `min_delta`, `baseline`; `begin`, the
    epoch from which it watches; `effect`, what it has done, in words, None for nothing.
    """

    callback: str
    monitor: str
    is_larger_better: bool
    is_guessed: bool = False
    direction: int = 0
    is_share: bool = False
    min_delta: float = 0.0
    baseline: float | None = None
    begin: int = 0
    effect: str | None = None


@dataclass(frozen=True)
class Averaged:
    """What moving averages make of a trained network.

    Attributes: `trained`, the loss of some samples as training computes it, and `averaged`, with the averages in its place;
    `kept`, the share of the averages that is still what they began with; `steps`, after how many; `momentum`; `layer`, the path
    of the one whose averages are farthest off, with the median `gap` of its moving mean in standard deviations and the median
    `ratio` of its moving variance to that of the samples; `other`, the share of samples that are given
    another class then, None where there are no classes; `every`, after how many steps the averages take the place of the weights,
    0 for at the end, and `pace`, how far they have gone then, as a share of how far the weights have.
    """

    trained: float
    averaged: float
    kept: float
    steps: int
    momentum: float
    layer: str | None = None
    gap: float = 0.0
    ratio: float = 1.0
    other: float | None = None
    every: int = 0
    pace: float = 1.0


@dataclass
class Course:
    """What has been seen of a training.

    Attributes: `start`, the loss before the first step, None where it is not known; `losses`, means of the loss between looks,
    with `steps`, how many steps had been made then; `epochs`, the logs by name, a value an epoch; `floor`, the loss of the best
    constant prediction, None where it is not known; `held_out`, how many samples are for validation; `stops`, whether a
    callback stops in time; `is_default`, whether the model's own step is the built-in one; `case`, the network as it is now,
    and `update`, the size of one more step beside that of the weights (the median of the kernels), both made only where a rule
    may need them; `linear`, the share of what the targets vary by that a line through the inputs explains, of samples that it
    was not laid through, known where a short training ends at the loss of a constant, else None; `has_frozen`, whether some
    layers are; `origin`, where the first value came from that is not finite; `is_over`, whether the last epoch is done;
    `is_unchanged`, of a step of one's own, whether no weight that is to be trained has changed, and `still`, the paths of
    layers whose weights have not, though the loss depends on them; `rate_by`, the name of a callback that sets the step size;
    `monitored`, the callbacks that watch a log; `batches`, how many there are in the data where an epoch takes fewer, `asked`,
    how many that is; `alike`, how many batches of a stream came that were all the same, and `rows`, the samples of one;
    `statistics`, of normalisation, and `weights`, which the optimizer averages: what their moving averages make of the network,
    None where that is not known.
    """

    start: float | None = None
    losses: list[float] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    epochs: dict[str, list[float]] = field(default_factory=dict)
    floor: float | None = None
    held_out: int = 0
    stops: bool = False
    is_default: bool = True
    case: Any = None
    update: float | None = None
    linear: float | None = None
    has_frozen: bool = False
    origin: Any = None
    is_over: bool = False
    is_unchanged: bool = False
    still: list[str] = field(default_factory=list)
    rate_by: str | None = None
    monitored: list[Monitored] = field(default_factory=list)
    batches: int | None = None
    asked: int | None = None
    alike: int = 0
    rows: int = 0
    statistics: Averaged | None = None
    weights: Averaged | None = None

    def untrained(self) -> float:
        """A loss with which nothing is learned: that of a constant, or if it is not known of the start or the first epoch."""
        known = [self.floor, self.start, *self.epochs.get("loss", [])[:1]]
        return next((v for v in known if v is not None and math.isfinite(v)), math.inf)

    def is_short(self) -> bool:
        """Whether 20 steps or more in 4 epochs, but not many, have not brought the loss down by a fifth."""
        loss = self.epochs.get("loss", [])
        return len(loss) > 3 and 20 <= self.steps[-1] < FEW_STEPS and loss[-1] >= 0.8 * loss[0]

    def is_stuck(self) -> bool:
        """Whether at least 100 steps in 3 epochs have not brought the loss down by 1 %, nor below that of a constant; or
        whether 500 steps in 6 epochs left it, for half of them, where that of a constant is. (The features of a frozen part may
        tell nothing of the targets.)"""
        loss = self.epochs.get("loss", [])
        if (
            len(loss) < 3
            or self.steps[-1] < 100
            or not all(map(math.isfinite, [*self.losses, *loss]))
            or min(loss) <= 0
        ):
            return False
        if self.floor is None or loss[-1] <= 0.98 * self.floor:
            return False
        # By epochs: how many steps the first of `losses` is the mean of, the clock decides.
        if min(loss[1:]) > 0.99 * loss[0] and max(loss) < 1.5 * loss[0]:
            return True
        late = loss[len(loss) // 2 :]  # a first epoch that was worse than a constant says nothing
        goes_on = self.steps[-1] >= 500 and len(loss) > 5 and max(loss) < 1.5 * self.floor and not self.has_frozen
        return goes_on and sum(late) > 0.997 * self.floor * len(late) and max(late) < 1.05 * self.floor

    def is_as_a_constant(self) -> bool:
        """Whether the loss after at least 100 steps in 3 epochs is that of a constant, or more."""
        loss = self.epochs.get("loss", [])
        if len(loss) < 3 or self.steps[-1] < 100 or self.floor is None or not all(map(math.isfinite, loss)):
            return False
        return min(loss[-3:]) > 0.95 * self.floor

    def is_settled(self) -> bool:
        """Whether a loss that was higher has been for the last third of the training, and for 3 epochs, that of a constant: after
        100 steps if it rose before it fell, else after 500, as the look that it takes costs as much as some steps."""
        loss = self.epochs.get("loss", [])
        if len(loss) < 4 or self.floor is None or not self.is_as_a_constant():
            return False
        if self.steps[-1] < 500 and (self.start is None or max(loss) < 1.2 * self.start):
            return False
        late = loss[-max(3, len(loss) // 3) :]
        return (
            max(loss) > 1.5 * self.floor and max(late) - min(late) < 0.1 * max(late) and min(late) > 0.98 * self.floor
        )
