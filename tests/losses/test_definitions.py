"""Every loss against its definition in float64 NumPy: at every argument, in the middle and at the edges of its inputs."""

import inspect

import numpy as np
import pytest

from lamina import losses

EPSILON = 1e-7  # the fuzz factor
rng = np.random.default_rng(7)


# Definitions, an entry for each sample. `p` is brought into [EPSILON, 1 - EPSILON] where a logarithm is taken of it.
def clipped(p):
    return np.clip(p, EPSILON, 1 - EPSILON)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def smooth(t, s, classes=2):
    return t * (1 - s) + s / classes


def binary_crossentropy(t, p, from_logits=False, label_smoothing=0.0, axis=-1):
    t = smooth(t, label_smoothing)
    if from_logits:  # log(1 + e^x) - t x, far out too
        return (np.logaddexp(0, p) - t * p).mean(axis)
    p = clipped(p)
    return -(t * np.log(p) + (1 - t) * np.log(1 - p)).mean(axis)


def binary_focal_crossentropy(
    t, p, apply_class_balancing=False, alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0, axis=-1
):
    t = smooth(t, label_smoothing)
    p = sigmoid(p) if from_logits else p
    p_t = np.where(t == 1, p, np.where(t == 0, 1 - p, t * p + (1 - t) * (1 - p)))
    q = clipped(p)
    values = (1 - p_t) ** gamma * -(t * np.log(q) + (1 - t) * np.log(1 - q))
    if apply_class_balancing:
        values = values * (t * alpha + (1 - t) * (1 - alpha))
    return values.mean(axis)


def categorical_crossentropy(t, p, from_logits=False, label_smoothing=0.0, axis=-1):
    t = smooth(t, label_smoothing, t.shape[axis])
    if from_logits:
        log = p - p.max(axis, keepdims=True)
        log = log - np.log(np.exp(log).sum(axis, keepdims=True))
    else:
        log = np.log(clipped(p / p.sum(axis, keepdims=True)))
    return -(t * log).sum(axis)


def categorical_focal_crossentropy(t, p, alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0, axis=-1):
    t = smooth(t, label_smoothing, t.shape[axis])
    p = softmax(p, axis) if from_logits else p
    p = clipped(p / p.sum(axis, keepdims=True))
    return (alpha * (1 - p) ** gamma * t * -np.log(p)).sum(axis)


def sparse_categorical_crossentropy(t, p, from_logits=False, ignore_class=None, axis=-1):
    last = np.moveaxis(p, axis, -1)
    out = np.zeros(t.shape)
    for at in np.ndindex(t.shape):
        if t[at] != ignore_class:
            one_hot = np.eye(last.shape[-1])[t[at]]
            out[at] = categorical_crossentropy(one_hot, last[at], from_logits)
    return out


def categorical_generalized_cross_entropy(t, p, q=0.5):
    return np.array([(1 - row[label] ** q) / q for label, row in zip(t, p)])


def circle(t, p, ref_labels=None, ref_embeddings=None, remove_diagonal=True, gamma=80, margin=0.4):
    labels, refs = (t if ref_labels is None else ref_labels), (p if ref_embeddings is None else ref_embeddings)
    out = []
    for i, (label, x) in enumerate(zip(t, p)):
        pull = push = 0.0
        for j, (other, y) in enumerate(zip(labels, refs)):
            d = max(1 - float(x @ y), 0.0)
            if other != label:
                push += np.exp(gamma * max(1 + margin - d, 0) * (1 - margin - d))
            elif not (remove_diagonal and i == j):
                pull += np.exp(-gamma * (margin + d) * (margin - d))
        out.append(np.log1p(pull * push))
    return np.array(out)


def cosine_similarity(t, p, axis=-1):
    def unit(x):
        length = np.sqrt((x**2).sum(axis, keepdims=True))
        return np.where(length > 0, x / np.where(length > 0, length, 1), 0)

    return -(unit(t) * unit(p)).sum(axis)


def dice(t, p, axis=None):
    return 1 - 2 * (t * p).sum(axis) / (t.sum(axis) + p.sum(axis) + EPSILON)


def tversky(t, p, alpha=0.5, beta=0.5, axis=None):
    hit, missed, extra = (t * p).sum(axis), (t * (1 - p)).sum(axis), ((1 - t) * p).sum(axis)
    return 1 - hit / (hit + alpha * missed + beta * extra + EPSILON)


def signs(t):
    return 2 * t - 1 if np.isin(t, (0, 1)).all() else t


def hinge(t, p):
    return np.maximum(1 - signs(t) * p, 0).mean(-1)


def squared_hinge(t, p):
    return (np.maximum(1 - signs(t) * p, 0) ** 2).mean(-1)


def categorical_hinge(t, p):
    return np.maximum(((1 - t) * p).max(-1) - (t * p).sum(-1) + 1, 0)


def huber(t, p, delta=1.0):
    e = np.abs(t - p)
    return np.where(e <= delta, e**2 / 2, delta * (e - delta / 2)).mean(-1)


def kl_divergence(t, p):
    t, p = np.clip(t, EPSILON, 1), np.clip(p, EPSILON, 1)
    return (t * np.log(t / p)).sum(-1)


def log_cosh(t, p):
    e = np.abs(p - t)
    return (e + np.log1p(np.exp(-2 * e)) - np.log(2)).mean(-1)


def mean_absolute_error(t, p):
    return np.abs(t - p).mean(-1)


def mean_absolute_percentage_error(t, p):
    return 100 * (np.abs(t - p) / np.maximum(np.abs(t), EPSILON)).mean(-1)


def mean_squared_error(t, p):
    return ((t - p) ** 2).mean(-1)


def mean_squared_logarithmic_error(t, p):
    return ((np.log1p(np.maximum(t, EPSILON)) - np.log1p(np.maximum(p, EPSILON))) ** 2).mean(-1)


def poisson(t, p):
    return (p - t * np.log(p + EPSILON)).mean(-1)


REAL = rng.standard_normal((6, 5)) * 2
OTHER = rng.standard_normal((6, 5))
EQUAL = np.where(rng.random((6, 5)) < 0.5, REAL, OTHER)
PROBS = softmax(rng.standard_normal((6, 5)))
SURE = np.eye(5)[[0, 3, 2, 4, 1, 2]]  # probabilities of exactly 0 and 1, some of them wrong
BINARY = (rng.random((6, 5)) < 0.5).astype("float64")
SPARSE = np.array([0, 3, 1, 4, 0, 2])
HOT = np.eye(5)[SPARSE]
SIGNS = 2 * BINARY - 1
ZEROS, ONES = np.zeros((6, 5)), np.ones((6, 5))
HUGE = 300 * REAL
UNIT = OTHER / np.linalg.norm(OTHER, axis=-1, keepdims=True)
IMAGE_PROBS = np.moveaxis(softmax(rng.standard_normal((3, 2, 4))), -1, 1)  # classes on axis 1
IMAGE_LABELS = rng.integers(0, 4, (3, 2))
IMAGE_HOT = np.moveaxis(np.eye(4)[IMAGE_LABELS], -1, 1)

# What is compared -> pairs of targets and predictions, and arguments that each pair is tried with.
CASES = {
    binary_crossentropy: (
        [(BINARY, PROBS), (BINARY, SURE), (PROBS, PROBS[::-1])],
        [{}, {"label_smoothing": 0.3}, {"axis": 0}],
    ),
    binary_focal_crossentropy: (
        [(BINARY, PROBS), (BINARY, SURE), (ZEROS, PROBS), (ONES, PROBS)],
        [{}, {"gamma": 1.0}, {"gamma": 0.0}, {"apply_class_balancing": True}, {"axis": 0}, {"label_smoothing": 0.2},
         {"apply_class_balancing": True, "alpha": 0.7}],
    ),
    categorical_crossentropy: (
        [(HOT, PROBS), (HOT, SURE), (HOT, PROBS * 3), (PROBS, PROBS[::-1])],
        [{}, {"label_smoothing": 0.3}],
    ),
    categorical_focal_crossentropy: (
        [(HOT, PROBS), (HOT, SURE), (HOT, PROBS * 3)],
        [{}, {"alpha": 0.6}, {"gamma": 0.5}, {"label_smoothing": 0.3}],
    ),
    sparse_categorical_crossentropy: (
        [(SPARSE, PROBS), (SPARSE, SURE), (SPARSE, PROBS * 3)],
        [{}, {"ignore_class": 0}, {"ignore_class": 7}],
    ),
    categorical_generalized_cross_entropy: ([(SPARSE, PROBS), (SPARSE, SURE)], [{"q": 0.2}, {"q": 1.0}]),
    circle: (
        [(np.array([0, 1, 0, 2, 1, 0]), UNIT), (np.array([0, 1, 0, 2, 1, 0]), np.repeat(UNIT[:2], 3, 0))],
        [{}, {"gamma": 2.0}, {"margin": 0.1}, {"remove_diagonal": False}],
    ),
    cosine_similarity: ([(REAL, OTHER), (ZEROS, OTHER), (REAL, ZEROS)], [{}, {"axis": 0}]),
    dice: ([(BINARY, PROBS), (BINARY, SURE), (ZEROS, ZEROS), (ONES, ONES)], [{}, {"axis": 0}, {"axis": (0, 1)}]),
    tversky: ([(BINARY, PROBS), (BINARY, SURE), (ZEROS, ZEROS)], [{}, {"alpha": 0.2}, {"beta": 0.9}, {"axis": -1}]),
    hinge: ([(SIGNS, OTHER), (BINARY, OTHER), (SIGNS, SIGNS), (REAL, OTHER)], [{}]),
    squared_hinge: ([(SIGNS, OTHER), (BINARY, OTHER), (SIGNS, SIGNS), (REAL, OTHER)], [{}]),
    categorical_hinge: ([(HOT, OTHER), (HOT, HOT), (HOT, -HOT)], [{}]),
    huber: ([(REAL, OTHER), (REAL, REAL), (ZEROS, ONES), (HUGE, OTHER)], [{}, {"delta": 0.2}, {"delta": 5.0}]),
    kl_divergence: ([(PROBS, PROBS[::-1]), (HOT, SURE), (ZEROS, PROBS), (REAL, OTHER)], [{}]),
    log_cosh: ([(REAL, OTHER), (HUGE, OTHER), (OTHER, HUGE)], [{}]),
    mean_absolute_error: ([(REAL, OTHER), (EQUAL, OTHER), (HUGE, OTHER)], [{}]),
    mean_absolute_percentage_error: ([(REAL, OTHER), (ZEROS, OTHER), (EQUAL, OTHER)], [{}]),
    mean_squared_error: ([(REAL, OTHER), (EQUAL, OTHER), (HUGE, OTHER)], [{}]),
    mean_squared_logarithmic_error: ([(REAL, OTHER), (np.abs(HUGE), PROBS), (ZEROS, ONES)], [{}]),
    poisson: ([(BINARY, PROBS), (HOT, ZEROS), (np.abs(REAL), np.abs(OTHER))], [{}]),
}  # fmt: skip
ON_LOGITS = {
    binary_crossentropy: ([(BINARY, OTHER), (BINARY, HUGE)], [{}, {"label_smoothing": 0.3}]),
    binary_focal_crossentropy: ([(BINARY, OTHER)], [{}, {"gamma": 0.7}]),
    categorical_crossentropy: ([(HOT, OTHER), (HOT, HUGE)], [{}, {"label_smoothing": 0.3}]),
    categorical_focal_crossentropy: ([(HOT, OTHER)], [{}, {"gamma": 0.7}]),
    sparse_categorical_crossentropy: ([(SPARSE, OTHER), (SPARSE, HUGE)], [{}, {"ignore_class": 3}]),
}
ON_AXIS_1 = [
    (categorical_crossentropy, IMAGE_HOT, {"axis": 1, "label_smoothing": 0.3}),
    (categorical_focal_crossentropy, IMAGE_HOT, {"axis": 1, "label_smoothing": 0.3}),
    (sparse_categorical_crossentropy, IMAGE_LABELS, {"axis": 1}),
]
TABLE = [
    (definition, t, p, arguments)
    for table, more in ((CASES, {}), (ON_LOGITS, {"from_logits": True}))
    for definition, (pairs, options) in table.items()
    for t, p in pairs
    for arguments in ({**option, **more} for option in options)
] + [(definition, t, IMAGE_PROBS, arguments) for definition, t, arguments in ON_AXIS_1]


def name_of(case):
    return case.__name__ if callable(case) else ""


@pytest.mark.parametrize(("definition", "t", "p", "arguments"), TABLE, ids=name_of)
def test_function_is_its_definition(definition, t, p, arguments):
    function = getattr(losses, definition.__name__)
    with np.errstate(over="ignore"):
        expected = definition(t, p, **arguments)
    np.testing.assert_allclose(np.asarray(function(t, p, **arguments)), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("definition", "t", "p", "arguments"), TABLE, ids=name_of)
def test_lists_are_as_good_as_arrays(definition, t, p, arguments):
    function = getattr(losses, definition.__name__)
    expected = np.asarray(function(t.astype("float32") if t.dtype.kind == "f" else t, p.astype("float32"), **arguments))
    np.testing.assert_allclose(np.asarray(function(t.tolist(), p.tolist(), **arguments)), expected, rtol=1e-6)


def test_every_function_and_argument_is_compared():
    tried = {}
    for definition, _, _, arguments in TABLE:
        tried.setdefault(definition.__name__, {"y_true", "y_pred"}).update(arguments)
    missing = {}
    for name in losses.__all__:
        function = getattr(losses, name)
        if not inspect.isfunction(function) or name in ("get", "serialize", "deserialize", "ctc"):
            continue
        given = tried.get(function.__name__, set()) | ({"ref_labels", "ref_embeddings"} if name == "circle" else set())
        if left := set(inspect.signature(function).parameters) - given:
            missing[name] = left
    assert missing == {}


def test_circle_against_other_samples():
    labels, refs = np.array([1, 2, 0, 1]), UNIT[::-1][:4].copy()
    arguments = {"ref_labels": labels, "ref_embeddings": refs, "remove_diagonal": False, "gamma": 3.0}
    values = losses.circle(SPARSE % 3, UNIT, **arguments)
    np.testing.assert_allclose(np.asarray(values), circle(SPARSE % 3, UNIT, **arguments), rtol=1e-9)


# A loss object: what its function gives, weighted and masked, summed or averaged.
WEIGHTS = np.array([0.5, 0.0, 2.0, 1.0, 3.0, 0.25])
MASK = np.array([True, True, False, True, False, True])
REDUCTIONS = {
    "sum": lambda values, weights, mask: np.sum(values * weights * mask),
    # Masked values do not count in the divisor of a mean; weights do not change it.
    "sum_over_batch_size": lambda values, weights, mask: np.sum(values * weights * mask) / mask.sum(),
    "mean": lambda values, weights, mask: np.sum(values * weights * mask) / mask.sum(),
    "mean_with_sample_weight": lambda values, weights, mask: (
        np.sum(values * weights * mask) / np.sum(weights * mask) if np.any(weights * mask) else 0.0
    ),
}
CLASSES = sorted(
    name
    for name in losses.__all__
    if isinstance(getattr(losses, name), type)
    and name not in ("Loss", "CTC", "SparseCategoricalCrossentropy", "Circle")
)
ON_PLACES = ("Dice", "Tversky")  # one value for the whole batch unless axes are given


def targets_and_predictions(name):
    if name in ("CategoricalGeneralizedCrossEntropy",):
        return SPARSE, PROBS
    return (HOT, PROBS)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("weights", [None, WEIGHTS, WEIGHTS * 0], ids=["plain", "weighted", "all zero"])
@pytest.mark.parametrize("mask", [None, MASK], ids=["", "masked"])
@pytest.mark.parametrize("name", CLASSES)
def test_class_reduces_the_values_of_its_function(name, reduction, weights, mask):
    options = {"axis": -1} if name in ON_PLACES else {}
    t, p = targets_and_predictions(name)
    loss = getattr(losses, name)(reduction=reduction, dtype="float64", **options)
    values = np.asarray(getattr(losses, name)(reduction=None, dtype="float64", **options)(t, p))
    assert values.shape == (6,)
    w, m = np.ones(6) if weights is None else weights, np.ones(6, bool) if mask is None else mask
    expected = REDUCTIONS[reduction](values, w, m)
    assert float(loss(t, p, sample_weight=weights, mask=mask)) == pytest.approx(float(expected), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_weights_of_every_value(reduction):
    t, p, w = REAL.reshape(3, 2, 5), OTHER.reshape(3, 2, 5), np.abs(OTHER[:3, :2])
    values = mean_squared_error(t, p)
    loss = losses.MeanSquaredError(reduction=reduction, dtype="float64")
    expected = REDUCTIONS[reduction](values, w, np.ones_like(w))
    assert float(loss(t, p, sample_weight=w)) == pytest.approx(float(expected))
    mask = np.array([[True, False], [False, False], [True, True]])
    assert float(loss(t, p, sample_weight=w, mask=mask)) == pytest.approx(float(REDUCTIONS[reduction](values, w, mask)))


@pytest.mark.parametrize("reduction", [*REDUCTIONS, None])
def test_a_batch_without_samples(reduction):
    values = losses.MeanSquaredError(reduction=reduction)(np.zeros((0, 3)), np.zeros((0, 3)))
    assert np.asarray(values).size == 0 or float(values) == 0.0


def test_ignored_labels_do_not_count_in_the_mean():
    t = np.array([0, 255, 1, 255, 0, 2])
    loss = losses.SparseCategoricalCrossentropy(ignore_class=255, dtype="float64")
    values = sparse_categorical_crossentropy(t, PROBS, ignore_class=255)
    assert float(loss(t, PROBS)) == pytest.approx(values.sum() / 4)


@pytest.mark.parametrize("delta", [0.0, -1.0])
def test_huber_refuses_a_border_that_is_not_positive(delta):
    with pytest.raises(ValueError, match="Huber: delta must be"):
        losses.Huber(delta=delta)
