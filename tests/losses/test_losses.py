"""Losses from their definitions, and the contract that each keeps: config, name, trace, gradient."""

import math

import numpy as np
import pytest

from lamina import losses
from lamina.engines import engine
from lamina.losses._function_loss import LossFunctionWrapper

CLASSES = sorted(
    name
    for name, thing in ((n, getattr(losses, n)) for n in losses.__all__)
    if isinstance(thing, type) and issubclass(thing, losses.Loss) and name != "Loss"
)
rng = np.random.default_rng(0)


def inputs(name):
    if name == "CTC":
        return np.array([[1, 2, 0], [3, 3, 1], [4, 0, 0]]), np.sin(np.arange(90, dtype="float32")).reshape(3, 6, 5)
    pred = rng.random((6, 5)).astype("float32")
    pred /= pred.sum(1, keepdims=True)
    if name.startswith("Sparse") or "Generalized" in name or name == "Circle":
        return rng.integers(0, 5, 6), pred
    return np.eye(5, dtype="float32")[rng.integers(0, 5, 6)], pred


@pytest.mark.parametrize("name", CLASSES)
def test_config_round_trip(name):
    loss = getattr(losses, name)()
    config = losses.serialize(loss)
    assert config["module"] == "keras.losses"
    assert config["class_name"] == name
    back = losses.deserialize(config)
    assert type(back) is type(loss)
    assert back.get_config() == loss.get_config()
    assert type(losses.get(name)) is type(loss)


@pytest.mark.parametrize("name", CLASSES)
def test_compiled_equals_eager_and_has_a_gradient(name):
    loss, (y_true, y_pred) = getattr(losses, name)(), inputs(name)
    np.testing.assert_allclose(engine.compile(loss)(y_true, y_pred), loss(y_true, y_pred), rtol=2e-6, atol=1e-6)
    _, gradient = engine.value_and_grad(lambda p: loss(y_true, p))(y_pred)
    gradient = np.asarray(gradient).reshape(y_pred.shape)
    assert np.isfinite(gradient).all()
    step = rng.standard_normal(y_pred.shape)
    h = 1e-6
    double = type(loss)(dtype="float64")
    exact = y_pred.astype("float64")
    change = (double(y_true, exact + h * step) - double(y_true, exact - h * step)) / (2 * h)
    assert float(np.sum(gradient * step)) == pytest.approx(float(change), rel=2e-2, abs=2e-2)


def test_definitions():
    t, p = np.array([[1.0, 0.0], [0.0, 1.0]], "float32"), np.array([[0.8, 0.2], [0.4, 0.6]], "float32")
    expected = {
        losses.mean_squared_error: [0.04, 0.16],
        losses.mean_absolute_error: [0.2, 0.4],
        losses.binary_crossentropy: [-math.log(0.8), -math.log(0.6)],
        losses.categorical_crossentropy: [-math.log(0.8), -math.log(0.6)],
        losses.huber: [0.02, 0.08],
        losses.kl_divergence: [-math.log(0.8), -math.log(0.6)],
        losses.hinge: [(1 - 0.8 + 1 + 0.2) / 2, (1 + 0.4 + 1 - 0.6) / 2],
        losses.categorical_hinge: [0.4, 0.8],
        losses.cosine_similarity: [-0.8 / math.sqrt(0.68), -0.6 / math.sqrt(0.52)],
    }
    for function, values in expected.items():
        np.testing.assert_allclose(function(t, p), values, rtol=1e-5, atol=1e-6, err_msg=function.__name__)
    np.testing.assert_allclose(
        losses.sparse_categorical_crossentropy(np.array([0, 1]), p), [-math.log(0.8), -math.log(0.6)], rtol=1e-5
    )


def test_logits_far_out_stay_finite():
    logits = np.array([[1000.0, -1000.0], [-1000.0, 1000.0]], "float32")
    t = np.eye(2, dtype="float32")
    assert losses.categorical_crossentropy(t, logits, from_logits=True).tolist() == [0.0, 0.0]
    assert losses.binary_crossentropy(t, -logits, from_logits=True).tolist() == [1000.0, 1000.0]


def test_reductions_and_weights():
    t, p, w = np.zeros((3, 1)), np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 0.0, 2.0])
    results = {"sum": 19.0, "sum_over_batch_size": 19 / 3, "mean": 19 / 3, "mean_with_sample_weight": 19 / 3}
    for reduction, expected in results.items():
        assert float(losses.MeanSquaredError(reduction)(t, p, w)) == pytest.approx(expected)
    assert losses.MeanSquaredError(None)(t, p, w).tolist() == [1.0, 0.0, 18.0]
    assert float(losses.MeanSquaredError("mean_with_sample_weight")(t, p, w * 0)) == 0.0


def test_masked_values_do_not_count():
    t, p = np.zeros((2, 2, 1)), np.array([[[1.0], [5.0]], [[3.0], [7.0]]])
    mask = np.array([[True, False], [True, False]])
    assert float(losses.MeanAbsoluteError()(t, p, mask=mask)) == 2.0
    assert float(losses.MeanAbsoluteError()(t, p, mask=np.zeros((2, 2), bool))) == 0.0


def test_ignored_class_has_no_gradient():
    y_true = np.array([0, 255])
    loss = losses.SparseCategoricalCrossentropy(ignore_class=255)
    _, gradient = engine.value_and_grad(lambda p: loss(y_true, p))(np.full((2, 3), 1 / 3, "float32"))
    gradient = np.asarray(gradient).reshape(2, 3)
    assert np.isfinite(gradient).all()
    assert gradient[0].any()
    assert not gradient[1].any()


@pytest.mark.parametrize(
    ("short", "name"),
    [
        ("mse", "mean_squared_error"),
        ("MSE", "mean_squared_error"),
        ("kld", "kl_divergence"),
        ("bce", "binary_crossentropy"),
        ("logcosh", "log_cosh"),
        ("mape", "mean_absolute_percentage_error"),
    ],
)
def test_short_names(short, name):
    assert losses.get(short) is getattr(losses, name)


def test_own_loss():
    class Cubic(losses.Loss):
        def call(self, y_true, y_pred):
            return abs(y_true - y_pred) ** 3

    assert float(Cubic(name="cubic")(np.zeros(2), np.array([1.0, 2.0]))) == 4.5


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: losses.MeanSquaredError(reduction="average"), ["MeanSquaredError", "reduction", "'average'"]),
        (lambda: losses.get("mean_squred_error"), ["mean_squred_error", "mean_squared_error"]),
        (lambda: losses.get(3), ["loss", "3"]),
        (lambda: losses.CategoricalGeneralizedCrossEntropy(q=1.5), ["q", "1.5"]),
        (lambda: losses.get({"class_name": "MeanSquaredError"}), ["config"]),
    ],
)
def test_mistakes_are_named(make, words):
    with pytest.raises(ValueError) as caught:
        make()
    assert all(word in str(caught.value) for word in words)


def test_one_class_only_is_told():
    with pytest.warns(SyntaxWarning, match="binary_crossentropy"):
        losses.categorical_crossentropy(np.ones((2, 1), "float32"), np.ones((2, 1), "float32"))


@pytest.mark.parametrize("name", CLASSES)
def test_a_loss_leaves_what_it_is_given(name):
    given = [np.array(x) for x in inputs(name)]
    before = [x.copy() for x in given]
    for array in given:
        array.flags.writeable = False
    values = getattr(losses, name)(reduction="none")(*given, sample_weight=np.ones(1, "float32"))
    kept = np.asarray(values).copy()
    for array, old in zip(given, before):
        np.testing.assert_array_equal(array, old)
        array.flags.writeable = True
        array[...] = 0
    np.testing.assert_array_equal(np.asarray(values), kept)


def test_a_loss_of_ones_own_may_write_as_it_likes():
    def loss(y_true, y_pred):
        y_pred -= y_true
        y_pred *= y_pred
        total = 0.0
        total += y_pred
        return total

    y_true, y_pred = np.ones((3, 2), "float32"), np.full((3, 2), 3.0, "float32")
    assert float(LossFunctionWrapper(loss)(y_true, y_pred)) == 4.0
    np.testing.assert_array_equal(y_pred, 3.0)
