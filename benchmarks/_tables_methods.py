"""The methods that are compared: each is a function from rows to fit and rows to answer for, to predictions.

Every one gets the same frames, and is used as its documentation shows it first: default settings, categories in the form
that it asks for, gaps left to it where it takes them. `fit` and `asked` hold the features, `y` the targets: numbers, or
classes as 0, 1, ...; an answer is a vector of numbers, or a probability for each class.
"""

import importlib
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

Method = Callable[[pd.DataFrame, np.ndarray, pd.DataFrame, int, int], np.ndarray]  # fit, y, asked, classes, seed


def texts_of(frame: pd.DataFrame) -> list[str]:
    return [c for c in frame if not pd.api.types.is_numeric_dtype(frame[c]) or frame[c].dtype == bool]


def constant(fit: pd.DataFrame, y: np.ndarray, asked: pd.DataFrame, classes: int, seed: int) -> np.ndarray:
    """The mean, or the share of each class."""
    if not classes:
        return np.full(len(asked), y.mean())
    return np.tile(np.bincount(y, minlength=classes) / len(y), (len(asked), 1))


def lamina(effort: str) -> Method:
    """`fit_table` as it comes; with folds where these are the default, else with one division of the rows to fit."""

    def method(fit: pd.DataFrame, y: np.ndarray, asked: pd.DataFrame, classes: int, seed: int) -> np.ndarray:
        import lamina

        task = "classification" if classes else "regression"
        table = fit.assign(target__=[f"class {n:03d}" for n in y] if classes else y)
        # Tables too large for folds would lose a fifth of their rows to a test that nobody reads: a few rows serve for it.
        options = {} if len(fit) <= 10_000 else {"test": table.head(20 * max(classes, 1))}
        model = lamina.fit_table(table, "target__", task=task, effort=effort, seed=seed, verbose=False, **options)
        if not classes:
            return np.asarray(model.predict(asked), "float64").ravel()
        answer = np.zeros((len(asked), classes))
        known = [int(name.split()[1]) for name in model.target.classes]
        answer[:, known] = model.predict_proba(asked)
        return answer

    return method


def sklearn(number: str, kinds: str, scaled: bool = True, **options: object) -> Method:
    """An estimator of scikit-learn behind the usual preparation: medians, standard scores, one column for each category."""

    def method(fit: pd.DataFrame, y: np.ndarray, asked: pd.DataFrame, classes: int, seed: int) -> np.ndarray:
        from sklearn.compose import make_column_transformer
        from sklearn.impute import SimpleImputer
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

        texts = texts_of(fit)
        numbers = [c for c in fit if c not in texts]
        one_hot = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=2, sparse_output=False)
        codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, max_categories=250)
        prepared = make_column_transformer(
            (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()) if scaled else "passthrough", numbers),
            (one_hot if scaled else codes, texts),
        )
        module, name = (kinds if classes else number).rsplit(".", 1)
        estimator = getattr(importlib.import_module(f"sklearn.{module}"), name)(**options)
        if "random_state" in estimator.get_params():
            estimator.set_params(random_state=seed)
        own = None if classes else (y.mean(), y.std() or 1.0)
        both = [_with_texts(frame, texts) for frame in (fit, asked)]
        model = make_pipeline(prepared, estimator).fit(both[0], y if classes else (y - own[0]) / own[1])
        return model.predict_proba(both[1]) if classes else model.predict(both[1]) * own[1] + own[0]

    return method


def boosted(package: str, name: str, **options: object) -> Method:
    """LightGBM and XGBoost with pandas categories."""

    def method(fit: pd.DataFrame, y: np.ndarray, asked: pd.DataFrame, classes: int, seed: int) -> np.ndarray:
        kind = getattr(importlib.import_module(package), f"{name}{'Classifier' if classes else 'Regressor'}")
        fit, asked = _with_categories(fit, asked)
        model = kind(random_state=seed, n_jobs=2, **options).fit(fit, y)
        return model.predict_proba(asked) if classes else model.predict(asked)

    return method


def catboost(fit: pd.DataFrame, y: np.ndarray, asked: pd.DataFrame, classes: int, seed: int) -> np.ndarray:
    kind = getattr(importlib.import_module("catboost"), "CatBoostClassifier" if classes else "CatBoostRegressor")
    texts = texts_of(fit)
    fit, asked = (_with_texts(frame, texts) for frame in (fit, asked))
    with tempfile.TemporaryDirectory() as folder:
        model = kind(random_seed=seed, thread_count=2, verbose=0, cat_features=texts, train_dir=folder).fit(fit, y)
    return model.predict_proba(asked) if classes else model.predict(asked)


def pytabkit(name: str) -> Method:
    """The reference implementations of RealMLP and TabM, with their own default settings and division of the rows."""

    def method(fit: pd.DataFrame, y: np.ndarray, asked: pd.DataFrame, classes: int, seed: int) -> np.ndarray:
        kind = getattr(importlib.import_module("pytabkit"), f"{name}_{'Classifier' if classes else 'Regressor'}")
        texts = texts_of(fit)
        numbers = [c for c in fit if c not in texts]
        medians = fit[numbers].median()  # neither takes gaps in numbers
        fit, asked = (frame.fillna(medians.to_dict()) for frame in (fit, asked))
        fit, asked = (_with_texts(frame, texts) for frame in (fit, asked))
        with tempfile.TemporaryDirectory() as folder:
            model = kind(device="cpu", random_state=seed, n_threads=2, tmp_folder=Path(folder))
            model.fit(fit, y, cat_col_names=texts)
            return model.predict_proba(asked) if classes else np.ravel(model.predict(asked))

    return method


def _with_texts(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Columns as Python's strings, "nan" for gaps."""
    frame = frame.copy()
    for name in names:
        frame[name] = frame[name].map(str).astype(object)
    return frame


def _with_categories(fit: pd.DataFrame, asked: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    texts = texts_of(fit)
    fit, asked = _with_texts(fit, texts), _with_texts(asked, texts)
    for name in texts:
        fit[name] = fit[name].astype("category")
        asked[name] = pd.Categorical(asked[name], categories=fit[name].cat.categories)
    return fit, asked


METHODS: dict[str, Method] = {
    "constant": constant,
    "linear": sklearn("linear_model.RidgeCV", "linear_model.LogisticRegressionCV"),
    "sklearn MLP": sklearn("neural_network.MLPRegressor", "neural_network.MLPClassifier"),
    "HistGradientBoosting": sklearn(
        "ensemble.HistGradientBoostingRegressor", "ensemble.HistGradientBoostingClassifier", scaled=False
    ),
    "LightGBM": boosted("lightgbm", "LGBM", verbose=-1),
    "XGBoost": boosted("xgboost", "XGB", enable_categorical=True),
    "CatBoost": catboost,
    "RealMLP": pytabkit("RealMLP_TD"),
    "TabM": pytabkit("TabM_D"),
    "lamina quick": lamina("quick"),
    "lamina": lamina("normal"),
    "lamina best": lamina("best"),
}
# What is to be installed for each: pandas in any case.
NEEDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("constant", "linear", "sklearn MLP", "HistGradientBoosting"), ("scikit-learn", "pandas")),
    "LightGBM": ("lightgbm", "scikit-learn", "pandas"),
    "XGBoost": ("xgboost", "scikit-learn", "pandas"),
    "CatBoost": ("catboost", "pandas"),
    **dict.fromkeys(("RealMLP", "TabM"), ("pytabkit", "pandas")),
    **dict.fromkeys(("lamina quick", "lamina", "lamina best"), ("lamina[table,fast]",)),
}
NEURAL = ("sklearn MLP", "RealMLP", "TabM")  # what "better than every other neural method" is measured against
