"""Linear and logistic models, solved rather than trained, with a penalty chosen from the data."""

from collections.abc import Callable

import numpy as np

_PENALTIES = np.logspace(-3, 5, 25)  # of ridge, beside standardised features
_PRECISIONS = np.logspace(3, -2, 11)  # of logistic models, the strongest first
_LEAST_EIGENVALUE = 1e-10


def fit_ridge(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Kernel `(features, 1)` and bias `(1,)` of the ridge regression whose leave-one-out error is least.

    Args: features `x` `(rows, features)`, targets `y` `(rows,)`.
    Reference: Golub, Heath, Wahba, Generalized cross-validation, 1979, doi:10.1080/00401706.1979.10489751.
    """
    x, y = np.asarray(x, "float64"), np.asarray(y, "float64")
    means, mean = x.mean(axis=0), y.mean()
    left, values, right = _decomposed(x - means)
    along = left.T @ (y - mean)
    squares = np.square(left)
    best, kernel = np.inf, np.zeros(x.shape[1])
    for penalty in _PENALTIES:
        shrunk = values**2 / (values**2 + penalty)
        leverage = 1 / len(y) + squares @ shrunk
        rest = (y - mean - left @ (shrunk * along)) / np.maximum(1 - leverage, 1e-6)
        error = float(np.square(rest).mean())
        if error < best:
            best, kernel = error, right @ (values / (values**2 + penalty) * along)
    return kernel[:, None], np.array([mean - means @ kernel])


def _decomposed(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Singular vectors and values, by way of the smaller of the two products."""
    tall = x.shape[0] >= x.shape[1]
    eigenvalues, vectors = np.linalg.eigh(x.T @ x if tall else x @ x.T)
    kept = eigenvalues > _LEAST_EIGENVALUE * max(eigenvalues[-1], _LEAST_EIGENVALUE)
    values, vectors = np.sqrt(eigenvalues[kept]), vectors[:, kept]
    other = (x if tall else x.T) @ vectors / values
    return (other, values, vectors) if tall else (vectors, values, other)


def fit_logistic(
    x: np.ndarray, y: np.ndarray, validation_x: np.ndarray, validation_y: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Kernel `(features, classes)` and bias `(classes,)` of a softmax over linear functions.

    The penalty on the squares of the kernel is the one with the smallest cross-entropy on the validation rows.

    Args: features `(rows, features)` and one-hot targets `(rows, classes)`, of the training and the validation rows.
    """
    x, y = np.asarray(x, "float64"), np.asarray(y, "float64")
    shares = np.clip(y.mean(axis=0), 1e-3, None)
    weights = np.vstack([np.zeros((x.shape[1], y.shape[1])), np.log(shares / shares.sum())])
    best, kept = np.inf, weights
    worse = 0
    for precision in _PRECISIONS:
        weights = minimize(_penalised(x, y, precision), weights)
        loss = cross_entropy(_softmax(validation_x @ weights[:-1] + weights[-1]), validation_y)
        worse = 0 if loss < best else worse + 1
        if loss < best:
            best, kept = loss, weights
        if worse == 2:
            break
    return kept[:-1], kept[-1]


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
        shares = _softmax(x @ kernel + weights[-1])
        value = cross_entropy(shares, y) + precision / (2 * rows) * float(np.square(kernel).sum())
        wrong = (shares - y) / rows
        return value, np.vstack([x.T @ wrong + precision / rows * kernel, wrong.sum(axis=0)])

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
