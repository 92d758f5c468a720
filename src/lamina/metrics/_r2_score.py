"""The coefficient of determination."""

from typing import Any

from lamina import ops
from lamina._checks import check_non_negative, check_one_of
from lamina._public import public
from lamina.losses._loss import match_ranks

from ._metric import Metric
from ._reduction import as_tensors


@public("metrics.R2Score")
class R2Score(Metric):
    """R² = 1 - Σ(y_true - y_pred)² / Σ(y_true - mean)²: 1 for perfect predictions, 0 for those of the mean.

    Args:
        class_aggregation: "uniform_average", "variance_weighted_average", or None for a score for each output.
        num_regressors: number of predictors, for the adjusted R²; 0 for the plain one. With too few samples the plain
            one is given.
        name, dtype: as for `Metric`.
    Raises ValueError for other values, and for targets that are not `(batch, outputs)`.
    Example:
        >>> metric = metrics.R2Score()
        >>> metric.update_state(np.array([[1.0], [2.0], [3.0]]), np.array([[1.0], [2.0], [4.0]]))
        >>> metric.result()
        Tensor(0.5, dtype=float32)
    """

    _direction = "up"

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: Any = None,
    ):
        super().__init__(name=name, dtype=dtype)
        averages = (None, "uniform_average", "variance_weighted_average")
        check_one_of(class_aggregation, averages, "class_aggregation", "R2Score")
        check_non_negative(num_regressors, "num_regressors", "R2Score")
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        self.num_samples: Any = self.add_variable((), "zeros", name="num_samples")
        self._built = False

    def _build(self, y_true_shape: tuple[int, ...], y_pred_shape: tuple[int, ...]) -> None:
        if len(y_pred_shape) != 2 or len(y_true_shape) != 2:
            raise ValueError(
                "R2Score: expected targets and predictions of shape (batch, outputs); "
                f"got {tuple(y_true_shape)} and {tuple(y_pred_shape)}."
            )
        shape = (y_pred_shape[-1],)
        self.squared_sum: Any = self.add_variable(shape, "zeros", name="squared_sum")
        self.sum: Any = self.add_variable(shape, "zeros", name="sum")
        self.total_mse: Any = self.add_variable(shape, "zeros", name="residual")
        self.count: Any = self.add_variable(shape, "zeros", name="count")
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Adds a batch: targets and predictions, `(batch, outputs)`, and weights, `(batch,)`."""
        y_true, y_pred = match_ranks(*as_tensors(self.dtype, y_true, y_pred))
        if not self._built:
            self._build(y_true.shape, y_pred.shape)
        weight = ops.convert_to_tensor(1.0 if sample_weight is None else sample_weight, dtype=self.dtype)
        weight = ops.expand_dims(weight, 1) if len(weight.shape) == 1 else weight
        weight = ops.broadcast_to(weight, y_true.shape)
        weighted = ops.multiply(y_true, weight)
        self.sum.assign_add(ops.sum(weighted, axis=0))
        self.squared_sum.assign_add(ops.sum(ops.multiply(y_true, weighted), axis=0))
        error = ops.square(ops.subtract(y_true, y_pred))
        self.total_mse.assign_add(ops.sum(ops.multiply(error, weight), axis=0))
        self.count.assign_add(ops.sum(weight, axis=0))
        counted = ops.any(ops.not_equal(weight, 0), axis=1)
        self.num_samples.assign_add(ops.sum(ops.cast(counted, self.dtype)))

    def result(self) -> Any:
        total = ops.subtract(self.squared_sum.value, ops.divide_no_nan(ops.square(self.sum.value), self.count.value))
        residual = self.total_mse.value
        scores = ops.subtract(1.0, ops.divide_no_nan(residual, total))
        # Targets all equal: no score if they were met, else 0.
        constant = ops.where(ops.equal(residual, 0.0), float("nan"), 0.0)
        scores = ops.where(ops.equal(total, 0.0), ops.cast(constant, scores.dtype), scores)
        if self.class_aggregation == "uniform_average":
            scores = ops.mean(scores)
        elif self.class_aggregation == "variance_weighted_average":
            weight = ops.sum(total)
            mean = ops.divide_no_nan(ops.sum(ops.multiply(total, scores)), weight)
            scores = ops.where(ops.equal(weight, 0.0), ops.cast(float("nan"), mean.dtype), mean)
        if not self.num_regressors:
            return scores
        samples = ops.cast(self.num_samples.value, "float32")
        freedom = ops.subtract(samples, float(self.num_regressors) + 1.0)
        rest = ops.multiply(ops.subtract(1.0, scores), ops.subtract(samples, 1.0))
        adjusted = ops.subtract(1.0, ops.divide(rest, ops.maximum(freedom, 1.0)))
        return ops.where(ops.greater(freedom, 0.0), adjusted, scores)

    def get_config(self) -> dict[str, Any]:
        own = {"class_aggregation": self.class_aggregation, "num_regressors": self.num_regressors}
        return {**super().get_config(), **own}
