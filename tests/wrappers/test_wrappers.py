"""Models as estimators of scikit-learn."""

import importlib.util
import pickle

import numpy as np
import pytest

from lamina import layers, wrappers
from lamina.layers import Input
from lamina.models import Model, Sequential

sklearn = pytest.importorskip("sklearn")

from sklearn.base import clone  # noqa: E402
from sklearn.exceptions import NotFittedError  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.utils.estimator_checks import check_estimator  # noqa: E402

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
LABELS = np.array(["ant", "bee", "cow"])[X[:, :3].argmax(axis=1)]
NUMBERS = X @ np.array([1.0, -2.0, 0.5, 0.0])


def network(X, y, loss, activation=None, hidden=(16,), learning_rate=0.01):
    inputs = x = Input((X.shape[1],))
    for units in hidden:
        x = layers.Dense(units, activation="relu")(x)
    model = Model(inputs, layers.Dense(y.shape[1] if y.ndim > 1 else 1, activation=activation)(x))
    model.compile("rmsprop", loss)
    model.optimizer.learning_rate = learning_rate
    return model


def classifier(**kwargs):
    kwargs = {"loss": "categorical_crossentropy", "activation": "softmax", **kwargs}
    return wrappers.SKLearnClassifier(network, model_kwargs=kwargs, fit_kwargs={"epochs": 30, "verbose": 0})


def regressor(**kwargs):
    return wrappers.SKLearnRegressor(
        network, model_kwargs={"loss": "mse", **kwargs}, fit_kwargs={"epochs": 40, "verbose": 0}
    )


def test_classifier():
    fitted = classifier().fit(X, LABELS)
    assert fitted.classes_.tolist() == ["ant", "bee", "cow"] and fitted.n_features_in_ == 4 and fitted.epoch_ == 30
    assert fitted.score(X, LABELS) > 0.8
    proba = fitted.predict_proba(X)
    np.testing.assert_allclose(proba.sum(1), 1)
    np.testing.assert_allclose(proba, fitted.decision_function(X), rtol=1e-4, atol=1e-6)
    assert (fitted.classes_[proba.argmax(1)] == fitted.predict(X)).all()


def test_probabilities_of_logits():
    def logits(X, y):
        model = Sequential([Input((4,)), layers.Dense(y.shape[1])])
        model.compile("sgd", "mse")
        return model

    fitted = wrappers.SKLearnClassifier(logits, fit_kwargs={"verbose": 0}).fit(X, LABELS)
    outputs = fitted.decision_function(X)
    expected = np.exp(outputs) / np.exp(outputs).sum(1, keepdims=True)
    np.testing.assert_allclose(fitted.predict_proba(X), expected, rtol=1e-5)


def test_regressor_of_one_and_of_several_numbers():
    fitted = regressor().fit(X, NUMBERS)
    assert fitted.predict(X).shape == (60,) and fitted.score(X, NUMBERS) > 0.5
    both = np.stack([NUMBERS, -NUMBERS], 1)
    assert regressor().fit(X, both).predict(X).shape == (60, 2)
    assert regressor().fit(X, NUMBERS[:, None]).predict(X).shape == (60, 1)


def test_transformer_in_a_pipeline():
    def features(X, y):
        inputs = Input((X.shape[1],))
        hidden = layers.Dense(3, activation="tanh")(inputs)
        model = Model(inputs, hidden)
        model.compile("sgd", "mse")
        return model

    step = wrappers.SKLearnTransformer(features, fit_kwargs={"verbose": 0})
    out = make_pipeline(StandardScaler(), step).fit_transform(X, np.tile(NUMBERS[:, None], (1, 3)).mean(1))
    assert out.shape == (60, 3) and np.abs(out).max() <= 1


def test_pipeline_grid_search_and_cross_validation():
    scores = cross_val_score(make_pipeline(StandardScaler(), classifier()), X, LABELS, cv=3)
    assert scores.shape == (3,) and scores.mean() > 0.6
    grid = {"model_kwargs": [{"loss": "mse", "learning_rate": rate} for rate in (1e-6, 0.02)]}
    search = GridSearchCV(regressor(), grid, cv=2).fit(X, NUMBERS)
    assert search.best_params_["model_kwargs"]["learning_rate"] == 0.02


def test_clone_keeps_the_arguments_and_forgets_the_fit():
    first = classifier().fit(X, LABELS)
    again = clone(first)
    assert again.get_params() == first.get_params() and not hasattr(again, "model_") and again.epoch_ == 0
    assert again.set_params(warm_start=True).warm_start
    with pytest.raises(NotFittedError):
        again.predict(X)


def compiled():
    model = Sequential([Input((4,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def test_a_model_is_cloned_before_each_fit():
    model = compiled()
    before = model.get_weights()
    estimator = wrappers.SKLearnRegressor(model, fit_kwargs={"verbose": 0})
    first = estimator.fit(X, NUMBERS).model_
    assert first is not model and estimator.fit(X, NUMBERS).model_ is not first
    for old, new in zip(before, model.get_weights()):
        np.testing.assert_array_equal(old, new)
    assert clone(estimator).model is not model
    assert clone(estimator).fit(X, NUMBERS).predict(X).shape == (60,)


def test_warm_start_goes_on():
    model = compiled()
    estimator = wrappers.SKLearnRegressor(model, warm_start=True, fit_kwargs={"verbose": 0})
    assert estimator.fit(X, NUMBERS).model_ is model
    loss = estimator.history_.history["loss"][-1]
    assert estimator.fit(X, NUMBERS).model_ is model and estimator.history_.history["loss"][-1] < loss


def test_arguments_of_fit_come_before_fit_kwargs():
    assert classifier().fit(X, LABELS, epochs=2).epoch_ == 2


def test_a_fitted_estimator_can_be_pickled():
    fitted = regressor().fit(X, NUMBERS)
    np.testing.assert_allclose(pickle.loads(pickle.dumps(fitted)).predict(X), fitted.predict(X), rtol=1e-5)


def test_what_is_wrong_is_said():
    with pytest.raises(RuntimeError, match="must be compiled with an optimizer and a loss"):
        wrappers.SKLearnRegressor(Sequential([Input((4,)), layers.Dense(1)])).fit(X, NUMBERS)
    with pytest.raises(ValueError, match="only one class is present"):
        classifier().fit(X, np.zeros(60, int))
    with pytest.raises(ValueError, match="Only binary and multiclass target types"):
        classifier().fit(X, NUMBERS)


def test_without_scikit_learn_the_extra_is_named(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *args: None if name == "sklearn" else find(name))
    with pytest.raises(ImportError, match=r"SKLearnRegressor needs sklearn: pip install 'lamina\[scikit-learn\]'"):
        wrappers.SKLearnRegressor(network)


# What scikit-learn's own checks ask and networks do not give.
REPEATABLE = "two fits of a network from fresh weights differ"
LEFT_OUT = {
    "SKLearnClassifier": {
        "check_classifiers_one_label_sample_weights": "samples of weight zero still tell which classes there are",
        "check_classifiers_classes": "five epochs on few samples do not find all classes",
        "check_classifiers_train": "five epochs do not reach the accuracy it asks for",
        "check_decision_proba_consistency": "decision_function gives a column for each of two classes, as in Keras",
        "check_classifier_data_not_an_array": REPEATABLE,
        "check_supervised_y_2d": REPEATABLE,
        "check_fit_idempotent": REPEATABLE,
    },
    "SKLearnRegressor": {
        "check_regressor_multioutput": "predictions are float32, as the network gives them",
        "check_regressor_data_not_an_array": REPEATABLE,
        "check_regressors_int": REPEATABLE,
        "check_supervised_y_2d": REPEATABLE,
        "check_fit_idempotent": REPEATABLE,
    },
    "SKLearnTransformer": {"check_fit_idempotent": REPEATABLE},
}


@pytest.mark.slow
@pytest.mark.native_only("some hundred small fits, each compiled: minutes on the other engines")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", LEFT_OUT)
def test_checks_of_scikit_learn(kind):
    arguments = {"loss": "mse"}
    if kind == "SKLearnClassifier":
        arguments = {"loss": "categorical_crossentropy", "activation": "softmax"}
    estimator = getattr(wrappers, kind)(network, model_kwargs=arguments)
    estimator.fit_kwargs = {"epochs": 5, "verbose": 0}
    check_estimator(estimator, expected_failed_checks=LEFT_OUT[kind])
