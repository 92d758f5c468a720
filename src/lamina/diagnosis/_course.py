"""`Course`: how a training goes."""

import math
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Course:
    """What has been seen of a training.

    Attributes: `start`, the loss before the first step, None where it is not known; `losses`, means of the loss between looks,
    with `steps`, how many steps had been made then; `epochs`, the logs by name, a value an epoch; `floor`, the loss of the best
    constant prediction, None where it is not known; `held_out`, how many samples are for validation; `stops`, whether a callback
    stops in time; `is_default`, whether the model's own step is the built-in one; `case`, the network as it is now, and `update`,
    the size of one more step beside that of the weights (the median of the kernels), both made only where a rule may need them;
    `origin`, where the first value came from that is not finite; `is_over`, whether the last epoch is done; `is_unchanged`, of a
    step of one's own, whether no weight that is to be trained has changed.
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
    origin: Any = None
    is_over: bool = False
    is_unchanged: bool = False

    def is_stuck(self) -> bool:
        """Whether at least 100 steps in 3 epochs have not brought the loss down by 1 %, nor below that of a constant."""
        loss = self.epochs.get("loss", [])
        if (
            len(loss) < 3
            or self.steps[-1] < 100
            or not all(map(math.isfinite, [*self.losses, *loss]))
            or min(loss) <= 0
        ):
            return False
        # By epochs: how many steps the first of `losses` is the mean of, the clock decides.
        is_flat = min(loss[1:]) > 0.99 * loss[0] and max(loss) < 1.5 * loss[0]
        return is_flat and self.floor is not None and loss[-1] > 0.98 * self.floor

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
