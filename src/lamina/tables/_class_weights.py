"""Of more than two classes: weights that let rare ones be predicted, where that helps."""

import numpy as np

from ._target import CLASSES, Target

_POWERS = (0.25, 0.5, 0.75, 1.0, 1.5)  # of an equal share over that of the class
_LOST = 0.02  # of the accuracy, that weights may cost at most
_BETTER = 1.03  # times the mean F1 without weights, from which they are worth it
_FEWEST = 10  # rows of a rare class, from which it has a say


def chosen_weights(target: Target, truth: np.ndarray, outputs: np.ndarray) -> list[float]:
    """What the probabilities are multiplied by before the largest is taken; empty if the likeliest class stays the answer.

    A rare class weighs a power of 1 / (classes · its share), the others 1. Of the powers that cost no more than 0.02 of the
    accuracy the one with the largest mean F1 of the classes is taken, if that is better by 3 % than without.

    Args: one-hot targets and probabilities, `(rows, classes)` both, of rows that trained nothing.
    """
    counts = truth.sum(axis=0)
    if target.kind != CLASSES or not any(counts[target.classes.index(name)] >= _FEWEST for name in target.rare_classes):
        return []
    true = truth.argmax(axis=1)
    is_rare = np.isin(target.classes, target.rare_classes)
    wanted = np.where(is_rare, len(truth) / (len(counts) * np.maximum(counts, 1)), 1.0)
    plain = outputs.argmax(axis=1)
    best, chosen = _BETTER * mean_f1(true, plain), []
    for power in _POWERS:
        weights = [float(f"{weight:.4g}") for weight in wanted**power]
        predicted = (outputs * weights).argmax(axis=1)
        score = mean_f1(true, predicted)
        if score > best and np.mean(plain == true) - np.mean(predicted == true) <= _LOST:
            best, chosen = score, weights
    return chosen


def mean_f1(true: np.ndarray, predicted: np.ndarray) -> float:
    """The mean over the classes that there are of F1. Args: places of classes, `(rows,)`."""
    found = []
    for place in np.unique(true):
        right = int(((true == place) & (predicted == place)).sum())
        found.append(2 * right / int((true == place).sum() + (predicted == place).sum()))
    return float(np.mean(found))


def weights_sentence(target: Target, true: np.ndarray, by_likeliest: np.ndarray, by_own: np.ndarray) -> str:
    """What is told about the weights. Args: places of the tested rows' true classes, and of the predicted ones, `(rows,)`."""
    named = ", ".join(map(repr, target.rare_classes[:5])) + ", ..." * (len(target.rare_classes) > 5)
    if not target.weights:
        return f"Rare classes: {named}. Weights would not help the mean F1 of the classes enough: the likeliest is predicted."
    pairs = [(name, weight) for name, weight in zip(target.classes, target.weights) if name in target.rare_classes]
    shown = ", ".join(f"{name} {weight:.3g}" for name, weight in pairs[:5]) + ", ..." * (len(pairs) > 5)
    f1, accuracy = ([score(true, by) for by in (by_own, by_likeliest)] for score in (mean_f1, _accuracy))
    return (
        f"Rare classes: {named}. Predicted is the class whose probability times its weight is largest ({shown}, others 1), "
        f"chosen on rows that did not train it. On the test rows the mean F1 of the classes is {f1[0]:.3f}, by the likeliest "
        f"class {f1[1]:.3f}; the accuracy {accuracy[0]:.3f}, by the likeliest {accuracy[1]:.3f}. "
        "The probabilities stay as they are."
    )


def _accuracy(true: np.ndarray, predicted: np.ndarray) -> float:
    return float(np.mean(true == predicted))
