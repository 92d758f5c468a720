"""What all the wrappers do: make the model, train it, ask it."""

import copy
from typing import Any, Self

import numpy as np

from lamina.models import Model, clone_model

from ._scikit_learn import BaseEstimator, part, require_scikit_learn


class Estimator(BaseEstimator):
    """A model that scikit-learn can fit, clone, and put into pipelines and searches.

    Args:
        model: a compiled model, which is cloned before each fit; or a function that gets `X` and `y` by name (`y` as the
            network sees it) and returns one.
        warm_start: whether the weights of the last fit are gone on with.
        model_kwargs: dict of further arguments of that function.
        fit_kwargs: dict of arguments of `model.fit`; those given to `fit` come first.
    """

    def __init__(self, model: Any, warm_start: bool = False, model_kwargs: Any = None, fit_kwargs: Any = None):
        require_scikit_learn(f"wrappers.{type(self).__name__}")
        self.model = model
        self.warm_start = warm_start
        self.model_kwargs = model_kwargs
        self.fit_kwargs = fit_kwargs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.non_deterministic = True
        return tags

    def __sklearn_clone__(self) -> Any:
        model = copy.deepcopy(self.model) if isinstance(self.model, Model) else self.model
        return type(self)(model, self.warm_start, self.model_kwargs, self.fit_kwargs)

    @property
    def epoch_(self) -> int:
        """How many epochs the last fit took."""
        return len(self.history_.epoch) if hasattr(self, "history_") else 0

    def fit(self, X: Any, y: Any, **kwargs: Any) -> Self:
        """Trains the model.

        Args:
            X: `(n_samples, n_features)`.
            y: targets.
            kwargs: arguments of `model.fit`.
        Returns: the estimator. Raises RuntimeError if the model is not compiled.
        """
        X, y = self._checked(X, y)
        targets = self._encoded(y)
        model = self._make(X, targets)
        if not getattr(model, "compiled", False) or not model.loss:
            raise RuntimeError(f"{type(self).__name__}: the model must be compiled with an optimizer and a loss.")
        self.history_ = model.fit(X, targets, **{**(self.fit_kwargs or {}), **kwargs})
        self.model_ = model
        return self

    def _checked(self, X: Any, y: Any) -> Any:
        return part("utils.validation").validate_data(self, X, y)

    def _encoded(self, y: Any) -> Any:
        """The targets as the network is to give them."""
        return y

    def _make(self, X: Any, y: Any) -> Any:
        if self.warm_start and hasattr(self, "model_"):
            return self.model_
        if not isinstance(self.model, Model):
            return self.model(X=X, y=y, **(self.model_kwargs or {}))
        return self.model if self.warm_start else _compiled_clone(self.model)

    def _outputs(self, X: Any) -> np.ndarray:
        """What the network gives. Raises NotFittedError before `fit`."""
        validation = part("utils.validation")
        validation.check_is_fitted(self)
        X = validation.validate_data(self, X, reset=False)
        return self.model_.predict(X, verbose=(self.fit_kwargs or {}).get("verbose", "auto"))


def _compiled_clone(model: Any) -> Any:
    """A like model with fresh weights, compiled the same way."""
    fresh = clone_model(model)
    if not fresh.compiled and model.compiled:
        fresh.compile_from_config(model.get_compile_config())
    return fresh
