"""What can be chosen about a fit, and what an effort means."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from . import _arguments
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


def _share(name: str, value: Any) -> float:
    return _arguments.real(name, value, "between 0 and 1", above=0, below=1)


def _positive(name: str, value: Any) -> float:
    return _arguments.real(name, value, "a number above 0", above=0)


_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "ordinal": _arguments.orders,
    "drop": _arguments.column_names,
    "missing": _arguments.value_texts,
    "encoding": _arguments.text,
    "task": partial(_arguments.one_of, choices=(AUTO, REGRESSION, CLASSIFICATION)),
    "group": _arguments.column_name,
    "time": _arguments.column_name,
    "folds": _arguments.folds,
    "test_size": _share,
    "val_size": _share,
    "split_seed": partial(_arguments.whole, least=0),
    "seed": partial(_arguments.whole, least=0),
    "effort": partial(_arguments.one_of, choices=tuple(EFFORTS)),
    "budget": _positive,
    "hidden": _arguments.units,
    "epochs": partial(_arguments.whole, least=1),
    "batch_size": partial(_arguments.whole, least=0),
    "learning_rate": _positive,
    "weight_decay": partial(_arguments.real, must="0 or a number above it", least=0),
    "patience": partial(_arguments.whole, least=1),
    "resume": _arguments.path,
    "memory": partial(_arguments.whole, least=1, most=sys.maxsize),
}


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
        """Each argument as it is used. Raises TableError, naming it, for what it cannot be."""
        self.target = _arguments.column_name("target", self.target)
        for name, check in _CHECKS.items():
            value = getattr(self, name)
            if value is not None:
                setattr(self, name, check(name, value))
        given = {
            "folds": bool(self.folds), "time": self.time is not None, "test": self.test is not None,
            "group": self.group is not None and self.time is not None,
            "test-size": self.test_size is not None and self.time is None,
        }  # fmt: skip
        named = [f"--{name}" for name, is_given in given.items() if is_given]
        if len(named) > 1:
            raise TableError(
                f"{' and '.join(named)} say different things about which rows are tested; give one of them."
            )

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
