"""What can be chosen about a fit, and what an effort means."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ._errors import TableError
from ._network import Shape
from ._target import AUTO, CLASSIFICATION, REGRESSION

SMALL = 10_000  # rows up to which folds are the default
_FEW = 2_500  # rows up to which there are as many as the effort allows
_FEWEST = 3  # folds


@dataclass(frozen=True)
class Candidate:
    """A network that is tried: its shape, and by what the step size and the penalty of the settings are multiplied."""

    shape: Shape
    rate: float = 1.0
    decay: float = 1.0


@dataclass(frozen=True)
class Effort:
    """How much is spent: the networks that are tried, steps of training, epochs at least and at most, folds of a small table."""

    candidates: tuple[Candidate, ...]
    steps: int
    least: int
    most: int
    folds: int


_SLOW = 0.3  # of the step size, that bins ask for
_BENT = Candidate(Shape(bins=16), _SLOW)
_STIFF = Candidate(Shape(embedding=1, bins=16), _SLOW, 5.0)
_NARROW = Candidate(Shape((32,), bins=16))
EFFORTS = {
    "quick": Effort((Candidate(Shape(members=4, bins=16), 0.5),), 800, 10, 120, 3),
    "normal": Effort((_BENT, _STIFF, _NARROW), 2000, 20, 300, 8),
    "best": Effort(
        (
            _BENT,
            _STIFF,
            _NARROW,
            Candidate(Shape()),
            Candidate(Shape((128, 128), bins=16), _SLOW),
            Candidate(Shape(bins=32), _SLOW, 5.0),
        ),
        3000, 20, 400, 10,
    ),
}  # fmt: skip


@dataclass
class FitSettings:
    """The arguments of `fit_table`, which are the options of `lamina fit`."""

    target: str
    ordinal: dict[str, list[str]] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    encoding: str | None = None
    task: str = AUTO
    group: str | None = None
    time: str | None = None
    test: Any = None
    folds: int | None = None
    test_size: float | None = None
    val_size: float | None = None
    split_seed: int = 0
    seed: int = 0
    effort: str = "normal"
    budget: float | None = None
    hidden: tuple[int, ...] | None = None
    epochs: int | None = None
    batch_size: int = 0
    learning_rate: float = 0.008
    weight_decay: float = 0.2
    patience: int = 30
    verbose: bool = True
    resume: str | None = None
    memory: int | None = None

    def __post_init__(self) -> None:
        self._one_of("task", (AUTO, REGRESSION, CLASSIFICATION))
        self._one_of("effort", tuple(EFFORTS))
        if not self.learning_rate > 0:
            raise TableError(f"learning_rate (--learning-rate) must be above 0; got {self.learning_rate:g}.")
        for name in ("test_size", "val_size"):
            share = getattr(self, name)
            if share is not None and not 0 < share < 1:
                raise TableError(f"{name} (--{name.replace('_', '-')}) must be between 0 and 1; got {share:g}.")
        if self.folds is not None and (self.folds < 0 or self.folds == 1):
            raise TableError(f"folds (--folds) must be 0 (one split) or 2 and more; got {self.folds}.")
        if self.budget is not None and not self.budget > 0:
            raise TableError(f"budget (--time) must be above 0 seconds; got {self.budget:g}.")
        if self.memory is not None and not self.memory > 0:
            raise TableError(f"memory (--memory) must be above 0 bytes; got {self.memory}.")
        given = {"folds": bool(self.folds), "time": self.time is not None, "test": self.test is not None}
        named = [f"--{name}" for name, is_given in given.items() if is_given]
        if self.time is not None and self.group is not None:
            named.append("--group")
        if len(named) > 1:
            raise TableError(
                f"{' and '.join(named)} say different things about which rows are tested; give one of them."
            )

    def _one_of(self, name: str, choices: tuple[str, ...]) -> None:
        if getattr(self, name) not in choices:
            listed = ", ".join(choices[:-1]) + " or " + choices[-1]
            raise TableError(f"{name} (--{name}) must be {listed}; got {getattr(self, name)!r}.")

    @property
    def spent(self) -> Effort:
        return EFFORTS[self.effort]

    @property
    def candidates(self) -> list[Candidate]:
        """The networks that are tried; none if there is to be none (`hidden=()`)."""
        tried = self.spent.candidates
        if self.hidden is None:
            return list(tried)
        with_own = (replace(one, shape=replace(one.shape, hidden=self.hidden)) for one in tried)
        return list(dict.fromkeys(with_own)) if self.hidden else []

    def folds_for(self, rows: int) -> int:
        """How many folds; 0 for one split."""
        if self.folds is not None:
            return self.folds
        if rows > SMALL or self.time is not None or self.test is not None or self.test_size is not None:
            return 0
        return int(np.clip(self.spent.folds * _FEW // rows, _FEWEST, self.spent.folds))

    def validation_share(self, in_folds: bool) -> float:
        """The share of the rows that are not tested that decides when to stop."""
        if self.val_size is not None:
            return self.val_size
        return 0.1 if in_folds else 0.2
