"""`keras.wrappers.scikit_learn` as programs of Keras 1 and 2 use it."""

import importlib

import numpy as np
import pytest

pytestmark = pytest.mark.filterwarnings(
    "ignore:keras.*Keras 1 and 2:DeprecationWarning", "ignore:.*nb_epoch:DeprecationWarning"
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3)).astype("float32")
Y = np.where(X[:, 0] > 0, "yes", "no")


@pytest.fixture
def wrappers(installed):
    return importlib.import_module("keras.wrappers.scikit_learn")


def build(units=8, outputs=1, loss="binary_crossentropy"):
    from keras import Sequential, layers

    activation = {"binary_crossentropy": "sigmoid", "mse": None}.get(loss, "softmax")
    model = Sequential([layers.Input((3,)), layers.Dense(units, "relu"), layers.Dense(outputs, activation)])
    model.compile("adam", loss)
    model.optimizer.learning_rate = 0.05
    return model


@pytest.mark.parametrize(
    "outputs, loss",
    [(1, "binary_crossentropy"), (2, "categorical_crossentropy"), (2, "sparse_categorical_crossentropy")],
)
def test_a_classifier_learns_its_classes(wrappers, outputs, loss):
    model = wrappers.KerasClassifier(build, outputs=outputs, loss=loss, epochs=30, verbose=0)
    history = model.fit(X, Y)
    assert len(history.history["loss"]) == 30
    assert set(model.classes_) == {"no", "yes"}
    assert set(model.predict(X).reshape(-1)) == {"no", "yes"}
    p = model.predict_proba(X)
    np.testing.assert_allclose(p.sum(1), 1, rtol=1e-5)
    assert model.score(X, Y) == np.mean(model.predict(X).reshape(-1) == Y) > 0.9


def test_one_hot_targets(wrappers):
    model = wrappers.KerasClassifier(build, outputs=2, loss="categorical_crossentropy", epochs=30, verbose=0)
    model.fit(X, np.eye(2)[(Y == "yes").astype(int)])
    assert model.score(X, np.eye(2)[(Y == "yes").astype(int)]) > 0.9


def test_a_regressor(wrappers):
    y = X @ [1.0, 2.0, 3.0]
    model = wrappers.KerasRegressor(build_fn=build, loss="mse", nb_epoch=40, verbose=0)
    model.fit(X, y)
    found = model.predict(X)
    assert found.shape == (60,)
    assert model.score(X, y) == pytest.approx(-np.mean((found - y) ** 2), rel=1e-3)


def test_parameters(wrappers):
    model = wrappers.KerasClassifier(build, units=4)
    assert model.get_params() == {"units": 4, "build_fn": build}
    assert model.set_params(units=5, epochs=2).get_params()["units"] == 5
    with pytest.raises(ValueError, match="has an argument 'unit'"):
        wrappers.KerasClassifier(build, unit=4)


def test_a_subclass_makes_its_model_itself(wrappers):
    class Own(wrappers.KerasRegressor):
        def __call__(self, units=3):
            return build(units, loss="mse")

    model = Own(units=7, epochs=1, verbose=0)
    model.fit(X, X[:, 0])
    assert model.model.layers[0].units == 7


def test_searches_and_folds_of_scikit_learn(wrappers):
    selection = pytest.importorskip("sklearn.model_selection")
    base = pytest.importorskip("sklearn.base")
    model = wrappers.KerasClassifier(build, epochs=20, verbose=0)
    assert base.clone(model).get_params() == model.get_params()
    assert base.is_classifier(model) and base.is_regressor(wrappers.KerasRegressor(build))
    assert selection.cross_val_score(model, X, Y, cv=3).mean() > 0.8
    search = selection.GridSearchCV(model, {"units": [2, 8]}, cv=2).fit(X, Y)
    assert search.best_score_ > 0.8 and search.best_params_["units"] in (2, 8)
    assert search.predict(X).shape[0] == len(X)
