"""`keras.wrappers.scikit_learn` of Keras 1 and 2: estimators around a function that makes a compiled model."""

import inspect
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from lamina import models, utils
from lamina._lazy import lazy_module

of_sklearn = lazy_module("sklearn.utils")
_METHODS = ("fit", "predict", "evaluate")


class _Wrapper:
    """What both estimators share.

    Args:
        build_fn: function that returns a compiled model; a method `__call__` of the subclass by default.
        sk_params: arguments of `build_fn`, `fit`, `predict` or `evaluate`; each takes those that it knows.
    Raises ValueError for an argument that none of them knows.
    """

    _estimator_type: str

    def __init__(self, build_fn: Callable[..., Any] | None = None, **sk_params: Any):
        self.build_fn = build_fn
        self.sk_params = sk_params
        self._check(sk_params)

    def _check(self, params: dict[str, Any]) -> None:
        known = _arguments(self._maker()).union(*(_arguments(getattr(models.Model, m)) for m in _METHODS))
        for name in params:
            if name not in known | {"build_fn", "nb_epoch"}:
                raise ValueError(
                    f"{type(self).__name__}: neither build_fn nor fit, predict or evaluate has an argument {name!r}."
                )

    def _maker(self) -> Callable[..., Any]:
        return self.build_fn if self.build_fn is not None else type(self).__call__  # type: ignore[operator]

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn 1.6 and later ask an estimator about."""
        kind = self._estimator_type
        return of_sklearn.Tags(
            estimator_type=kind, target_tags=of_sklearn.TargetTags(required=True), non_deterministic=True,
            classifier_tags=of_sklearn.ClassifierTags() if kind == "classifier" else None,
            regressor_tags=of_sklearn.RegressorTags() if kind == "regressor" else None,
        )  # fmt: skip

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {**self.sk_params, "build_fn": self.build_fn}

    def set_params(self, **params: Any) -> Self:
        self._check(params)
        self.build_fn = params.pop("build_fn", self.build_fn)
        self.sk_params.update(params)
        return self

    def _for(self, function: Callable[..., Any], more: dict[str, Any]) -> dict[str, Any]:
        known = _arguments(function) | ({"nb_epoch"} if function.__name__ == "fit" else set())
        return {**{k: v for k, v in self.sk_params.items() if k in known}, **more}

    def _fit(self, x: Any, y: Any, more: dict[str, Any]) -> Any:
        maker = self._maker()
        options = self._for(maker, {})
        self.model = maker(**options) if self.build_fn is not None else maker(self, **options)
        if self.model.loss == "categorical_crossentropy" and np.ndim(y) < 2:
            y = utils.to_categorical(y)
        return self.model.fit(x, y, **self._for(self.model.fit, more))

    def _outputs(self, x: Any, more: dict[str, Any]) -> np.ndarray:
        return np.asarray(self.model.predict(x, **self._for(self.model.predict, more)))


class KerasClassifier(_Wrapper):
    """A model of class probabilities as a classifier of scikit-learn."""

    _estimator_type = "classifier"

    def fit(self, x: Any, y: Any, **options: Any) -> Any:
        """Makes the model and trains it on labels, `(samples,)` or one-hot; returns the History."""
        y = np.asarray(y)
        one_hot = y.ndim == 2 and y.shape[1] > 1
        self.classes_ = np.arange(y.shape[1]) if one_hot else np.unique(y)
        self.n_classes_ = len(self.classes_)
        return self._fit(x, y if one_hot else np.searchsorted(self.classes_, y), options)

    def predict(self, x: Any, **options: Any) -> np.ndarray:
        """The most likely class of each sample."""
        p = self._outputs(x, options)
        places = p.argmax(-1) if p.shape[-1] > 1 else (p > 0.5).astype("int32")
        return self.classes_[places]

    def predict_proba(self, x: Any, **options: Any) -> np.ndarray:
        """The probability of each class, `(samples, classes)`."""
        p = self._outputs(x, options)
        return np.hstack([1 - p, p]) if p.shape[1] == 1 else p

    def score(self, x: Any, y: Any, **options: Any) -> float:
        """The share of samples whose class is found."""
        y = np.asarray(y)
        wanted = self.classes_[y.argmax(1)] if y.ndim == 2 and y.shape[1] > 1 else y.reshape(-1)
        return float(np.mean(self.predict(x, **options).reshape(-1) == wanted))


class KerasRegressor(_Wrapper):
    """A model of numbers as a regressor of scikit-learn."""

    _estimator_type = "regressor"

    def fit(self, x: Any, y: Any, **options: Any) -> Any:
        """Makes the model and trains it; returns the History."""
        return self._fit(x, y, options)

    def predict(self, x: Any, **options: Any) -> np.ndarray:
        """The outputs, without an axis of length one at the end."""
        y = self._outputs(x, options)
        return y[..., 0] if y.shape[-1] == 1 else y

    def score(self, x: Any, y: Any, **options: Any) -> float:
        """The loss, with a minus sign: more is better."""
        loss = self.model.evaluate(x, y, **self._for(self.model.evaluate, options))
        return -float(loss[0] if isinstance(loss, list) else loss)


def _arguments(function: Callable[..., Any]) -> set[str]:
    return set(inspect.signature(function).parameters) - {"self"}


CLASSES: dict[str, Any] = {"KerasClassifier": KerasClassifier, "KerasRegressor": KerasRegressor}
