"""`SKLearnTransformer`."""

from typing import Any

import numpy as np

from lamina._public import public

from ._estimator import Estimator
from ._scikit_learn import TransformerMixin


@public("wrappers.SKLearnTransformer")
class SKLearnTransformer(TransformerMixin, Estimator):
    """A model as a transformer of scikit-learn: a step of a pipeline (`pip install 'lamina[scikit-learn]'`).

    Args:
        model: a compiled model, which is cloned before each fit; or a function that gets `X` and `y` by name and returns one.
        warm_start: whether the weights of the last fit are gone on with.
        model_kwargs: dict of further arguments of that function.
        fit_kwargs: dict of arguments of `model.fit`; those given to `fit` come first.

    After `fit`: `model_`, `history_`, `n_features_in_`.
    """

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []  # the network computes in its own
        return tags

    def _encoded(self, y: Any) -> Any:
        return y.reshape(len(y), -1)

    def transform(self, X: Any) -> np.ndarray:
        """What the network gives for the samples."""
        return self._outputs(X)
