"""From which probability on a row is taken for a class, of two, and what that does."""

import numpy as np

from ._target import Target, shares_of

_NEARLY = 0.97  # of the largest F1; the threshold of the very largest is an accident of few rows
_WITHIN = (1e-4, 1 - 1e-4)
_FEWEST = 10  # rows of the rare class, from which a threshold is chosen


class Thresholds:
    """What each threshold does; a row is taken for the second class if its probability is above it.

    Attributes: `at`, the thresholds from the largest, float64 `(n,)`; `found`, `false`, `taken`: rows of the second class, of
    the first class, and of both, above them; `positives`, `negatives`: rows of each.
    """

    def __init__(self, positive: np.ndarray, shares: np.ndarray):
        order = np.argsort(-shares, kind="stable")
        last = np.append(np.flatnonzero(np.diff(shares[order])), len(order) - 1)  # rows of one share come together
        self.found = np.append(0, np.cumsum(positive[order])[last])
        self.taken = np.append(0, last + 1)
        self.false = self.taken - self.found
        values = shares[order][last]
        self.at = np.concatenate([[1.0], (values[:-1] + values[1:]) / 2, [0.0]])
        self.positives, self.negatives = int(self.found[-1]), int(self.false[-1])

    @property
    def recall(self) -> np.ndarray:
        return self.found / max(self.positives, 1)

    @property
    def false_share(self) -> np.ndarray:
        return self.false / max(self.negatives, 1)

    @property
    def precision(self) -> np.ndarray:
        """NaN where no row is taken."""
        return np.where(self.taken > 0, self.found / np.maximum(self.taken, 1), np.nan)

    @property
    def f1(self) -> np.ndarray:
        return 2 * self.found / np.maximum(self.taken + self.positives, 1)


def chosen_threshold(target: Target, truth: np.ndarray, outputs: np.ndarray) -> float:
    """Of two classes of which one is rare, the middle of the thresholds with nearly the largest F1 of it; else one half.

    Args: encoded targets and probabilities of the second class, `(rows, 1)`, of rows that trained neither.
    """
    if not target.rare:
        return 0.5
    place = target.classes.index(target.rare)
    positive = shares_of(target, truth)[:, place] > 0.5
    own = Thresholds(positive, shares_of(target, outputs)[:, place])
    if own.positives < _FEWEST or not own.negatives:
        return 0.5
    near = own.at[own.f1 >= _NEARLY * own.f1.max()]
    best = float(np.clip((near[0] + near[-1]) / 2, *_WITHIN))
    return best if place == 1 else 1 - best


def f1_of(target: Target, true: np.ndarray, predicted: np.ndarray) -> float:
    """F1 of the rare class: the harmonic mean of precision and recall. Args: places of classes, `(rows,)`."""
    place = target.classes.index(target.rare)
    right = int(((true == place) & (predicted == place)).sum())
    return 2 * right / max(int((true == place).sum() + (predicted == place).sum()), 1)


def decision_sentence(target: Target, by_half: float, by_own: float) -> str | None:
    """What is told about the threshold, with the F1 on the tested rows by one half and by the chosen one."""
    if not target.rare:
        return None
    share = f"Fewer than a tenth of the rows are {target.rare!r}"
    if target.threshold == 0.5:
        return f"{share}; too few rows of it to choose a threshold, which stays at one half."
    return (
        f"{share}: a row is taken for {target.classes[1]!r} from probability {target.threshold:.3g} on, where F1 "
        f"of {target.rare!r} is about largest on rows that did not train it. On the test rows F1 is {by_own:.3f}, by one half "
        f"{by_half:.3f}."
    )
