"""F-scores: precision and recall in one number."""

from typing import Any

from lamina import _settings, ops
from lamina._checks import check_one_of
from lamina._public import public

from ._metric import Metric
from ._reduction import as_tensors

_STATE = ("true_positives", "false_positives", "false_negatives", "intermediate_weights")


@public("metrics.FBetaScore")
class FBetaScore(Metric):
    """(1 + β²) · precision · recall / (β² · precision + recall).

    Args:
        average: None for a score for each class; "micro" for one over all, "macro" for the mean over the classes,
            "weighted" for the mean weighted by the number of samples.
        beta: how much more recall counts than precision.
        threshold: above it a prediction is positive; None takes the highest of each sample.
        name, dtype: as for `Metric`.
    Raises ValueError for other values, and for targets that are not `(batch, classes)`.
    Example:
        >>> metric = metrics.FBetaScore(beta=2.0)
        >>> metric.update_state(np.array([[1, 0], [0, 1], [0, 1]]), np.array([[0.75, 0.25], [0.5, 0.25], [0.25, 0.75]]))
        >>> metric.result()
        Tensor([0.8333332, 0.5555556], dtype=float32)
    """

    _direction = "up"

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: Any = None,
    ):
        super().__init__(name=name, dtype=dtype)
        where = type(self).__name__
        check_one_of(average, (None, "micro", "macro", "weighted"), "average", where)
        if not isinstance(beta, float) or beta <= 0:
            raise ValueError(f"{where}: beta must be a positive float; got {beta!r}.")
        if threshold is not None and (not isinstance(threshold, float) or not 0 < threshold <= 1):
            raise ValueError(f"{where}: threshold must be a float above 0, 1 at most; got {threshold!r}.")
        self.average = average
        self.beta = beta
        self.threshold = threshold
        self._built = False

    def _build(self, y_true_shape: tuple[int, ...], y_pred_shape: tuple[int, ...]) -> None:
        if len(y_pred_shape) != 2 or len(y_true_shape) != 2:
            raise ValueError(
                f"{type(self).__name__}: expected targets and predictions of shape (batch, classes); "
                f"got {tuple(y_true_shape)} and {tuple(y_pred_shape)}."
            )
        shape = () if self.average == "micro" else (y_pred_shape[-1],)
        for name in _STATE:
            setattr(self, name, self.add_variable(shape, "zeros", dtype=self.dtype, name=name))
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Adds a batch: labels 0 or 1 and predictions, `(batch, classes)`, and weights, `(batch,)`."""
        y_true, y_pred = as_tensors(self.dtype, y_true, y_pred)
        if not self._built:
            self._build(y_true.shape, y_pred.shape)
        if self.threshold is None:
            highest = ops.greater_equal(y_pred, ops.max(y_pred, axis=-1, keepdims=True))
            positive = ops.logical_and(highest, ops.greater(ops.absolute(y_pred), 1e-9))
        else:
            positive = ops.greater(y_pred, self.threshold)
        positive = ops.cast(positive, self.dtype)
        weight = None if sample_weight is None else ops.expand_dims(as_tensors(self.dtype, sample_weight)[0], 1)
        counted = (
            ops.multiply(positive, y_true),
            ops.multiply(positive, ops.subtract(1.0, y_true)),
            ops.multiply(ops.subtract(1.0, positive), y_true),
            y_true,
        )
        for name, values in zip(_STATE, counted):
            values = values if weight is None else ops.multiply(values, weight)
            getattr(self, name).assign_add(ops.sum(values, axis=None if self.average == "micro" else 0))

    def result(self) -> Any:
        hits, extra, missed, samples = (getattr(self, name).value for name in _STATE)
        epsilon = _settings.epsilon()
        precision = ops.divide(hits, ops.add(ops.add(hits, extra), epsilon))
        recall = ops.divide(hits, ops.add(ops.add(hits, missed), epsilon))
        square = self.beta**2
        below = ops.add(ops.add(ops.multiply(square, precision), recall), epsilon)
        score = ops.multiply(ops.divide(ops.multiply(precision, recall), below), 1.0 + square)
        if self.average == "weighted":
            return ops.sum(ops.multiply(score, ops.divide(samples, ops.add(ops.sum(samples), epsilon))))
        return score if self.average is None else ops.mean(score)

    def get_config(self) -> dict[str, Any]:
        own = {"average": self.average, "beta": self.beta, "threshold": self.threshold}
        return {**super().get_config(), **own}


@public("metrics.F1Score")
class F1Score(FBetaScore):
    """2 · precision · recall / (precision + recall).

    Args:
        average, threshold: as for `FBetaScore`.
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.F1Score()
        >>> metric.update_state(np.array([[1, 0], [0, 1], [0, 1]]), np.array([[0.75, 0.25], [0.5, 0.25], [0.25, 0.75]]))
        >>> metric.result()
        Tensor([0.66666657, 0.66666657], dtype=float32)
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: Any = None,
    ):
        super().__init__(average=average, beta=1.0, threshold=threshold, name=name, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        return {key: value for key, value in super().get_config().items() if key != "beta"}
