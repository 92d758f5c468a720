"""Linear and logistic models, solved rather than trained, with a penalty chosen from the data."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

_PENALTIES = np.logspace(-3, 5, 25)  # of ridge, beside standardised features
_PRECISIONS = np.logspace(3, -2, 11)  # of logistic models, the strongest first
_FEW, _SMALL = 200, 1 << 17  # validation rows that are few to choose a penalty by; values of a table that is small
_PARTS = 4
_LEAST_EIGENVALUE = 1e-10
_VALUES = 1 << 21  # of the features, that are turned to float64 at once


def fit_ridge(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Kernel `(features, 1)` and bias `(1,)` of the ridge regression whose leave-one-out error is least.

    Args: features `x` `(rows, features)`, targets `y` `(rows,)`.
    Reference: Golub, Heath, Wahba, Generalized cross-validation, 1979, doi:10.1080/00401706.1979.10489751.
    """
    y = np.asarray(y, "float64")
    means, mean = x.mean(axis=0, dtype="float64"), y.mean()
    found = _decomposed(x, means, y - mean)
    shares = found.values[:, None] ** 2 / (found.values[:, None] ** 2 + _PENALTIES)
    errors = np.zeros(len(_PENALTIES))
    for rows in _parts(len(x), x.shape[1]):
        left = found.left(rows)
        leverage = 1 / len(y) + np.square(left) @ shares
        rest = (y[rows, None] - mean - left @ (shares * found.along[:, None])) / np.maximum(1 - leverage, 1e-6)
        errors += np.square(rest).sum(axis=0)
    kernel = found.right(found.values / (found.values**2 + _PENALTIES[errors.argmin()]) * found.along)
    return kernel[:, None], np.array([mean - means @ kernel])


def _parts(rows: int, width: int) -> list[slice]:
    """So many rows as go into little memory, part by part."""
    size = max(_VALUES // max(width, 1), 1)
    return [slice(start, start + size) for start in range(0, rows, size)]


@dataclass(frozen=True)
class _Decomposed:
    """Centered features by their singular values.

    Attributes: `left`, some rows of the left vectors; `values`; `along`, the left vectors times the targets; `right`, the right
    vectors times something.
    """

    left: Callable[[slice], np.ndarray]
    values: np.ndarray
    along: np.ndarray
    right: Callable[[np.ndarray], np.ndarray]


def _decomposed(x: np.ndarray, means: np.ndarray, y: np.ndarray) -> _Decomposed:
    """By way of the smaller of the two products, in float64; the features themselves are never copied as a whole."""
    rows, width = x.shape
    if rows >= width:
        product, aim = np.zeros((width, width)), np.zeros(width)
        for part in _parts(rows, width):
            centered = x[part] - means
            product += centered.T @ centered
            aim += centered.T @ y[part]
        values, vectors = _roots(product)
        turned = vectors / values
        return _Decomposed(lambda part: (x[part] - means) @ turned, values, turned.T @ aim, vectors.__matmul__)
    product = np.zeros((rows, rows))
    for part in _parts(width, rows):
        centered = x[:, part] - means[part]
        product += centered @ centered.T
    values, vectors = _roots(product)

    def right(wanted: np.ndarray) -> np.ndarray:
        seen = vectors @ (wanted / values)
        return np.concatenate([(x[:, part] - means[part]).T @ seen for part in _parts(width, rows)])

    return _Decomposed(lambda part: vectors[part], values, vectors.T @ y, right)


def _roots(product: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Roots of the eigenvalues that are not 0, and the eigenvectors."""
    eigenvalues, vectors = np.linalg.eigh(product)
    kept = eigenvalues > _LEAST_EIGENVALUE * max(eigenvalues[-1], _LEAST_EIGENVALUE)
    return np.sqrt(eigenvalues[kept]), vectors[:, kept]


def times(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The product of features and a kernel in float64; the features are never copied as a whole."""
    parts = _parts(len(x), x.shape[1])
    return np.concatenate([np.asarray(x[part], "float64") @ kernel for part in parts or [slice(0)]])


def fit_logistic(
    x: np.ndarray, y: np.ndarray, validation_x: np.ndarray, validation_y: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Kernel `(features, classes)` and bias `(classes,)` of a softmax over linear functions.

    The penalty on the squares of the kernel is the one with the smallest cross-entropy on the validation rows; where these are
    few, and the table is small, on all rows, each by a model of the other quarters of them.

    Args: features `(rows, features)` and one-hot targets `(rows, classes)`, of the training and the validation rows.
    """
    y = np.asarray(y, "float64")
    if len(validation_y) >= _FEW or x.size > _SMALL:
        return _best_of_path(x, y, validation_x, validation_y)
    all_x, all_y = np.concatenate([x, validation_x]), np.concatenate([y, validation_y])
    quarter = np.random.default_rng(0).permutation(len(all_y)) % _PARTS
    losses = np.zeros(len(_PRECISIONS))
    for part in range(_PARTS):
        held = quarter == part
        for place, weights in enumerate(_path(all_x[~held], all_y[~held])):
            losses[place] += _loss_of(weights, all_x[held], all_y[held]) * held.sum()
    *_, weights = _path(x, y, int(losses.argmin()) + 1)
    return weights[:-1], weights[-1]


def _best_of_path(
    x: np.ndarray, y: np.ndarray, validation_x: np.ndarray, validation_y: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The weights that are best on the validation rows; it ends where they get worse."""
    best, worse = np.inf, 0
    for weights in _path(x, y):
        loss = _loss_of(weights, validation_x, validation_y)
        worse = 0 if loss < best else worse + 1
        if loss < best or np.isinf(best):
            best, kept = loss, weights
        if worse == 2:
            break
    return kept[:-1], kept[-1]


def _path(x: np.ndarray, y: np.ndarray, most: int | None = None) -> Iterator[np.ndarray]:
    """Kernel and bias in one, for each precision or the first `most`; each begins where the one before ended."""
    shares = np.clip(y.mean(axis=0), 1e-3, None)
    weights = np.vstack([np.zeros((x.shape[1], y.shape[1])), np.log(shares / shares.sum())])
    for precision in _PRECISIONS[:most]:
        weights = minimize(_penalised(x, y, precision), weights)
        yield weights


def _loss_of(weights: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    return cross_entropy(_softmax(times(x, weights[:-1]) + weights[-1]), y)


def cross_entropy(shares: np.ndarray, truth: np.ndarray) -> float:
    """Mean of minus the logarithm of the probability given to what is true; `(rows, classes)` both."""
    return float(-np.log(np.clip((shares * truth).sum(axis=1), 1e-7, 1)).mean())


def _softmax(logits: np.ndarray) -> np.ndarray:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def _penalised(x: np.ndarray, y: np.ndarray, precision: float) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """The loss of a row, penalty included, and its gradient, as a function of kernel and bias in one."""
    rows = len(x)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        kernel = weights[:-1]
        shares = _softmax(times(x, kernel) + weights[-1])
        value = cross_entropy(shares, y) + precision / (2 * rows) * float(np.square(kernel).sum())
        wrong = (shares - y) / rows
        slope = precision / rows * kernel
        for part in _parts(*x.shape):
            slope += np.asarray(x[part], "float64").T @ wrong[part]
        return value, np.vstack([slope, wrong.sum(axis=0)])

    return loss


def minimize(
    function: Callable[[np.ndarray], tuple[float, np.ndarray]], start: np.ndarray, most: int = 60, memory: int = 8
) -> np.ndarray:
    """Where a smooth function is least, by limited-memory BFGS with halved steps.

    Args:
        function: gives value and gradient.
        start: where to begin; any shape.
        most: steps.
        memory: steps remembered.
    Reference: Nocedal, Updating Quasi-Newton Matrices with Limited Storage, 1980, doi:10.1090/S0025-5718-1980-0572855-7.
    """
    point, (value, slope) = start, function(start)
    steps: list[tuple[np.ndarray, np.ndarray]] = []
    for _ in range(most):
        direction = -_curved(slope, steps)
        descent = float((direction * slope).sum())
        if descent > -1e-12:
            break
        length = 1.0 if steps else min(1.0, 1 / max(float(np.abs(slope).sum()), 1e-12))
        found = _shorter(function, point, direction, value, descent, length)
        if found is None:
            break
        moved, new_value, new_slope = found
        step, turn = moved - point, new_slope - slope
        if float((step * turn).sum()) > 1e-14:
            steps = [*steps[-memory + 1 :], (step, turn)]
        done = value - new_value < 1e-7 * max(abs(value), 1e-12)
        point, value, slope = moved, new_value, new_slope
        if done:
            break
    return point


def _shorter(
    function: Callable[[np.ndarray], tuple[float, np.ndarray]], point: np.ndarray, direction: np.ndarray, value: float,
    descent: float, length: float,
) -> tuple[np.ndarray, float, np.ndarray] | None:  # fmt: skip
    """The first of the halved steps that falls enough."""
    for _ in range(30):
        moved = point + length * direction
        new_value, slope = function(moved)
        if new_value <= value + 1e-4 * length * descent:
            return moved, new_value, slope
        length /= 2
    return None


def _curved(slope: np.ndarray, steps: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """The slope times the inverse curvature that the steps tell of."""
    result, shares = slope, []
    for step, turn in reversed(steps):
        share = (step * result).sum() / (step * turn).sum()
        shares.append(share)
        result = result - share * turn
    if steps:
        step, turn = steps[-1]
        result = result * ((step * turn).sum() / (turn * turn).sum())
    for (step, turn), share in zip(steps, reversed(shares)):
        result = result + (share - (turn * result).sum() / (step * turn).sum()) * step
    return result
