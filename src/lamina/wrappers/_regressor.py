"""`SKLearnRegressor`."""

from typing import Any

import numpy as np

from lamina._public import public

from ._estimator import Estimator
from ._scikit_learn import RegressorMixin, part


@public("wrappers.SKLearnRegressor")
class SKLearnRegressor(RegressorMixin, Estimator):
    """A model as a regressor of scikit-learn (`pip install 'lamina[scikit-learn]'`).

    Args:
        model: a compiled model, which is cloned before each fit; or a function that gets `X` and `y`, `(n_samples, n_outputs)`,
            by name and returns one.
        warm_start: whether the weights of the last fit are gone on with.
        model_kwargs: dict of further arguments of that function.
        fit_kwargs: dict of arguments of `model.fit`; those given to `fit` come first.

    After `fit`: `model_`, `history_`, `n_features_in_`.
    """

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        tags.target_tags.multi_output = True
        return tags

    def _checked(self, X: Any, y: Any) -> Any:
        return part("utils.validation").validate_data(self, X, y, multi_output=True, y_numeric=True)

    def _encoded(self, y: Any) -> Any:
        self._is_vector = y.ndim == 1
        return y.reshape(len(y), -1)

    def predict(self, X: Any) -> np.ndarray:
        """The outputs; `(n_samples,)` if the targets were a vector."""
        outputs = self._outputs(X)
        return outputs.reshape(len(outputs)) if self._is_vector else outputs
