"""`SKLearnClassifier`."""

from typing import Any

import numpy as np

from lamina._public import public

from ._estimator import Estimator
from ._scikit_learn import ClassifierMixin, part


@public("wrappers.SKLearnClassifier")
class SKLearnClassifier(ClassifierMixin, Estimator):
    """A model as a classifier of scikit-learn (`pip install 'lamina[scikit-learn]'`).

    The network gets one-hot targets, `(n_samples, n_classes)`, whatever the labels are, so its loss is
    `"categorical_crossentropy"` or like it.

    Args:
        model: a compiled model, which is cloned before each fit; or a function that gets `X` and `y` (one-hot) by name and
            returns one.
        warm_start: whether the weights of the last fit are gone on with.
        model_kwargs: dict of further arguments of that function.
        fit_kwargs: dict of arguments of `model.fit`; those given to `fit` come first.

    After `fit`: `model_`, `history_`, `classes_`, `n_features_in_`.
    """

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        return tags

    def _encoded(self, y: Any) -> np.ndarray:
        kind = part("utils.multiclass").type_of_target(y)
        if kind == "unknown":
            raise ValueError(f"Unknown label type for data: {y!r}")
        if kind not in ("binary", "multiclass"):
            raise ValueError(
                f"Only binary and multiclass target types are supported by SKLearnClassifier. Target type: {kind}."
            )
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) == 1:
            raise ValueError("Classifier can't train when only one class is present.")
        return np.eye(len(self.classes_))[labels.ravel()]

    def decision_function(self, X: Any) -> np.ndarray:
        """What the network gives, `(n_samples, n_classes)`."""
        return self._outputs(X)

    def predict_proba(self, X: Any) -> np.ndarray:
        """The outputs as probabilities, `(n_samples, n_classes)`, which sum to one.

        Outputs that are no probabilities, since the network ends in logits, go through a softmax.
        """
        outputs = self._outputs(X).astype("float64")
        if outputs.min() < 0 or not np.allclose(outputs.sum(axis=1), 1, atol=1e-3):
            outputs = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        return outputs / outputs.sum(axis=1, keepdims=True)

    def predict(self, X: Any) -> np.ndarray:
        """The most likely class of each sample."""
        best = self._outputs(X).argmax(axis=1)
        return self.classes_[best]
