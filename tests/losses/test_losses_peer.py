"""Every loss against real Keras: random and edge inputs, weights, masks, reductions, logits, smoothing."""

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from lamina import losses  # noqa: E402

pytestmark = pytest.mark.peer
rng = np.random.default_rng(0)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return (e / e.sum(-1, keepdims=True)).astype("float32")


def normal(*shape):
    return rng.standard_normal(shape).astype("float32")


ONE_HOT = np.eye(5, dtype="float32")[[0, 3, 1, 4, 0, 2]]
SPARSE = np.array([0, 3, 1, 4, 0, 2])
PROBS = softmax(normal(6, 5))
LOGITS = normal(6, 5) * 3
BINARY = rng.integers(0, 2, (6, 5)).astype("float32")
SURE = np.eye(5, dtype="float32")[[0, 3, 2, 4, 1, 2]]  # probabilities of exactly 0 and 1, some of them wrong
UNIT = (lambda x: x / np.linalg.norm(x, axis=-1, keepdims=True))(normal(6, 5))

# name, arguments, y_true, y_pred
CASES = [
    ("MeanSquaredError", {}, normal(6, 5), normal(6, 5)),
    ("MeanAbsoluteError", {}, normal(6, 5), normal(6, 5)),
    ("MeanAbsolutePercentageError", {}, normal(6, 5), normal(6, 5)),
    ("MeanAbsolutePercentageError", {}, normal(6, 5) + 2.0, np.zeros((6, 5), "float32")),
    ("MeanSquaredLogarithmicError", {}, normal(6, 5), normal(6, 5)),
    ("CosineSimilarity", {}, normal(6, 5), normal(6, 5)),
    ("CosineSimilarity", {"axis": 0}, normal(6, 5), normal(6, 5)),
    ("CosineSimilarity", {}, np.zeros((6, 5), "float32"), normal(6, 5)),
    ("Huber", {}, normal(6, 5) * 3, normal(6, 5)),
    ("Huber", {"delta": 0.3}, normal(6, 5) * 3, normal(6, 5)),
    ("LogCosh", {}, normal(6, 5) * 20, normal(6, 5)),
    ("KLDivergence", {}, PROBS[::-1].copy(), PROBS),
    ("KLDivergence", {}, ONE_HOT, SURE),
    ("Poisson", {}, np.abs(normal(6, 5)), np.abs(normal(6, 5))),
    ("Poisson", {}, BINARY, np.zeros((6, 5), "float32")),
    ("Hinge", {}, np.sign(normal(6, 5)), normal(6, 5)),
    ("Hinge", {}, BINARY, normal(6, 5)),
    ("SquaredHinge", {}, BINARY, normal(6, 5)),
    ("CategoricalHinge", {}, ONE_HOT, normal(6, 5)),
    ("BinaryCrossentropy", {}, BINARY, PROBS),
    ("BinaryCrossentropy", {}, BINARY, SURE),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.2}, BINARY, LOGITS * 10),
    ("BinaryCrossentropy", {"label_smoothing": 0.1, "axis": 0}, BINARY, PROBS),
    ("BinaryFocalCrossentropy", {}, BINARY, PROBS),
    (
        "BinaryFocalCrossentropy",
        {"apply_class_balancing": True, "alpha": 0.3, "gamma": 1.5, "from_logits": True, "label_smoothing": 0.1},
        BINARY,
        LOGITS,
    ),
    ("CategoricalCrossentropy", {}, ONE_HOT, PROBS),
    ("CategoricalCrossentropy", {}, ONE_HOT, SURE),
    ("CategoricalCrossentropy", {}, ONE_HOT, PROBS * 3),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.2}, ONE_HOT, LOGITS * 30),
    (
        "CategoricalCrossentropy",
        {"axis": 1},
        np.eye(4, dtype="float32")[rng.integers(0, 4, (6, 3))].swapaxes(1, 2),
        softmax(normal(6, 3, 4)).swapaxes(1, 2),
    ),
    ("CategoricalFocalCrossentropy", {}, ONE_HOT, PROBS),
    (
        "CategoricalFocalCrossentropy",
        {"alpha": 0.4, "gamma": 3.0, "from_logits": True, "label_smoothing": 0.1},
        ONE_HOT,
        LOGITS,
    ),
    ("SparseCategoricalCrossentropy", {}, SPARSE, PROBS),
    ("SparseCategoricalCrossentropy", {}, SPARSE[:, None], PROBS),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, SPARSE, LOGITS * 30),
    ("SparseCategoricalCrossentropy", {"ignore_class": 0}, SPARSE, PROBS),
    (
        "SparseCategoricalCrossentropy",
        {"ignore_class": -1, "from_logits": True},
        np.array([[0, -1, 2]] * 6),
        normal(6, 3, 5),
    ),
    ("CategoricalGeneralizedCrossEntropy", {"q": 0.7}, SPARSE, PROBS),
    ("Dice", {}, BINARY, PROBS),
    ("Dice", {"axis": (1,)}, BINARY, PROBS),
    ("Tversky", {"alpha": 0.3, "beta": 0.8}, BINARY, PROBS),
    ("Tversky", {"axis": 1}, BINARY, PROBS),
    ("Circle", {}, np.array([0, 1, 0, 1, 2, 2]), UNIT),
    ("Circle", {"gamma": 20.0, "margin": 0.2, "remove_diagonal": False}, np.array([0, 1, 0, 1, 2, 3]), UNIT),
    ("CTC", {}, np.array([[1, 2, 0], [3, 3, 1], [4, 0, 0]]), normal(3, 7, 5)),
    ("CTC", {}, np.array([[1, 1, 1], [3, 0, 0]]), normal(2, 3, 5)),  # the first does not fit
]
IDS = [f"{i}-{case[0]}" for i, case in enumerate(CASES)]


def test_every_loss_has_a_case():
    missing = {
        n for n in dir(losses) if isinstance(getattr(losses, n), type) and issubclass(getattr(losses, n), losses.Loss)
    }
    assert missing - {case[0] for case in CASES} == {"Loss"}


def agree(ours, theirs, tolerance=1e-6):
    theirs = keras.ops.convert_to_numpy(theirs)
    assert np.shape(ours) == theirs.shape
    assert np.asarray(ours).dtype == theirs.dtype
    np.testing.assert_allclose(np.asarray(ours), theirs, rtol=2 * tolerance, atol=tolerance)


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none"])
@pytest.mark.parametrize(("name", "arguments", "y_true", "y_pred"), CASES, ids=IDS)
def test_loss(name, arguments, y_true, y_pred, reduction):
    ours = getattr(losses, name)(**arguments, reduction=reduction)
    theirs = getattr(keras.losses, name)(**arguments, reduction=reduction)
    agree(ours(y_true, y_pred), theirs(y_true, y_pred))


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "mean_with_sample_weight", "none"])
@pytest.mark.parametrize(("name", "arguments", "y_true", "y_pred"), CASES, ids=IDS)
def test_loss_with_sample_weight(name, arguments, y_true, y_pred, reduction):
    ours = getattr(losses, name)(**arguments, reduction=reduction)
    theirs = getattr(keras.losses, name)(**arguments, reduction=reduction)
    length = np.shape(ours(y_true, y_pred))[0] if reduction == "none" and np.ndim(ours(y_true, y_pred)) else len(y_true)
    if arguments.get("axis") == 0:
        length = 5
    weights = [np.linspace(0, 2, length).astype("float32"), np.zeros(length, "float32")]
    if name in ("Dice", "Tversky") and "axis" not in arguments:
        weights = [np.float32(0.5)]
    elif np.ndim(getattr(losses, name)(**arguments, reduction="none")(y_true, y_pred)) > 1:
        # Whole, as Keras on torch multiplies weights and mask in place.
        shape = np.shape(getattr(losses, name)(**arguments, reduction="none")(y_true, y_pred))
        weights = [np.repeat(w[:, None], shape[1], axis=1) for w in weights]
    for weight in weights:
        agree(ours(y_true, y_pred, sample_weight=weight), theirs(y_true, y_pred, sample_weight=weight))


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "mean_with_sample_weight", "none"])
@pytest.mark.parametrize("empty", [False, True], ids=["some", "all-masked"])
@pytest.mark.parametrize("weighted", [False, True])
def test_mask(reduction, empty, weighted):
    from keras.src import backend

    y_true, y_pred = normal(4, 3, 2), normal(4, 3, 2)
    mask = np.zeros((4, 3), bool) if empty else rng.integers(0, 2, (4, 3)).astype(bool)
    weight = np.linspace(0.5, 2, 12).astype("float32").reshape(4, 3) if weighted else None
    tensor = keras.ops.convert_to_tensor(y_pred)
    backend.set_keras_mask(tensor, keras.ops.convert_to_tensor(mask))
    theirs = keras.losses.MeanSquaredError(reduction=reduction)(y_true, tensor, sample_weight=weight)
    ours = losses.MeanSquaredError(reduction=reduction)(y_true, y_pred, sample_weight=weight, mask=mask)
    agree(ours, theirs)


def test_ranks_that_differ_by_one():
    for true, pred in ((normal(6), normal(6, 1)), (normal(6, 1), normal(6))):
        agree(losses.MeanSquaredError()(true, pred), keras.losses.MeanSquaredError()(true, pred))


@pytest.mark.parametrize(
    "name", [n for n in dir(keras.losses) if n[0].islower() and n not in ("get", "serialize", "deserialize", "ctc")]
)
def test_function(name):
    case = next(c for c in CASES if c[0].lower() == name.replace("_", ""))
    arguments = {"q": 0.5} if "generalized" in name else {}
    ours = getattr(losses, name)(case[2], case[3], **arguments)
    true, pred = keras.ops.convert_to_tensor(case[2]), keras.ops.convert_to_tensor(case[3])
    agree(ours, getattr(keras.losses, name)(true, pred, **arguments))


def test_functions_take_other_dtypes():
    y_true, y_pred = np.array([[1, 0], [0, 1]]), np.array([[0.5, 0.2], [0.1, 0.9]], "float16")
    for name in ("mean_squared_error", "binary_crossentropy", "categorical_crossentropy"):
        agree(getattr(losses, name)(y_true, y_pred), getattr(keras.losses, name)(y_true, y_pred), 2e-3)


@pytest.mark.parametrize(("name", "arguments", "y_true", "y_pred"), CASES, ids=IDS)
def test_keras_reads_our_config(name, arguments, y_true, y_pred):
    config = losses.serialize(getattr(losses, name)(**arguments))
    theirs = keras.saving.deserialize_keras_object(config)
    assert type(theirs).__name__ == name
    back = losses.deserialize(keras.losses.serialize(getattr(keras.losses, name)(**arguments)))
    assert type(back) is getattr(losses, name)
    agree(getattr(losses, name)(**arguments)(y_true, y_pred), theirs(y_true, y_pred))
