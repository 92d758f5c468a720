"""Sums and means over everything seen."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lamina import _settings, ops
from lamina._public import PUBLIC, public
from lamina.engines import engine
from lamina.losses._loss import apply_mask, match_ranks
from lamina.ops._masks import get_mask
from lamina.variables import deserialize_keras_object, serialize_keras_object

from ._metric import Metric


def by_sample(values: Any, sample_weight: Any, reduce: Callable[..., Any], dtype: Any) -> tuple[Any, Any]:
    """Weighted values and weights, both reduced to one number for each sample, `(batch,)`."""
    mask = get_mask(values)
    values = ops.cast(values, dtype or _settings.floatx())
    if sample_weight is not None:
        weight = ops.convert_to_tensor(sample_weight, dtype=values.dtype)
        if mask is not None:
            weight = apply_mask(weight, mask, values.dtype, "sum")
        values, weight = match_ranks(values, weight)
        rank = len(weight.shape)
        if len(values.shape) > rank:
            values = reduce(values, axis=tuple(range(rank, len(values.shape))))
        weight = ops.broadcast_to(weight, values.shape)
        values = ops.multiply(values, weight)
        if rank > 1:
            weight = reduce(weight, axis=tuple(range(1, rank)))
        sample_weight = weight
    if len(values.shape) > 1:
        values = reduce(values, axis=tuple(range(1, len(values.shape))))
    return values, sample_weight


@public("metrics.Sum")
class Sum(Metric):
    """The weighted sum of the values.

    Args:
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.Sum()
        >>> metric.update_state([1.0, 3.0])
        >>> metric.update_state([8.0])
        >>> metric.result()
        Tensor(12., dtype=float32)
    """

    def __init__(self, name: str | None = "sum", dtype: Any = None):
        super().__init__(name=name, dtype=dtype)
        self.total: Any = self.add_variable((), "zeros", dtype=self.dtype, name="total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Adds `values`, `(batch, ...)`, times `sample_weight`, which broadcasts to them."""
        values, _ = by_sample(values, sample_weight, ops.sum, self.dtype)
        self.total.assign_add(ops.sum(values))

    def result(self) -> Any:
        return self.total.value


@public("metrics.Mean")
class Mean(Metric):
    """The weighted mean of the values.

    Args:
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.Mean()
        >>> metric.update_state([1.0, 3.0])
        >>> metric.update_state([8.0])
        >>> metric.result()
        Tensor(4., dtype=float32)
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None):
        super().__init__(name=name, dtype=dtype)
        self.total: Any = self.add_variable((), "zeros", dtype=self.dtype, name="total")
        self.count: Any = self.add_variable((), "zeros", dtype=self.dtype, name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Adds `values`, `(batch, ...)`, with `sample_weight`, which broadcasts to them."""
        values, weight = by_sample(values, sample_weight, ops.mean, self.dtype)
        self.total.assign_add(ops.sum(values))
        if weight is not None:
            count = ops.cast(ops.sum(weight), self.dtype)
        else:
            count = ops.cast(float(values.shape[0] if len(values.shape) else 1), self.dtype)
        self.count.assign_add(count)

    def result(self) -> Any:
        return ops.divide_no_nan(self.total, self.count)

    def _result_on_host(self) -> Any:
        if type(self).result is not Mean.result:
            return self.result()
        total, count = engine.numpy(self.total.__tensor__()), engine.numpy(self.count.__tensor__())
        with np.errstate(all="ignore"):
            return total / count if count else 0.0


@public("metrics.MeanMetricWrapper")
class MeanMetricWrapper(Mean):
    """The weighted mean of a function of targets and predictions.

    Args:
        fn: function `(y_true, y_pred, **kwargs)` that gives a value for each sample.
        name, dtype: as for `Metric`.
        kwargs: further arguments of `fn`.
    Example:
        >>> metric = metrics.MeanMetricWrapper(losses.mean_squared_error)
        >>> metric.update_state([[0.0, 2.0]], [[1.0, 5.0]])
        >>> metric.result()
        Tensor(5., dtype=float32)
    """

    def __init__(self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any):
        super().__init__(name=name, dtype=dtype)
        self._fn = fn
        self._fn_kwargs = kwargs
        if type(self) is not MeanMetricWrapper:
            for key, value in kwargs.items():
                setattr(self, key, value)
        elif self._direction is None and PUBLIC.get(f"losses.{getattr(fn, '__name__', '')}") is fn:
            self._direction = "down"

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Adds a batch: targets, predictions, and weights that broadcast to the values."""
        mask = get_mask(y_pred)
        if type(self) is MeanMetricWrapper and hasattr(y_true, "shape") and hasattr(y_pred, "shape"):
            # A plain function would broadcast `(batch,)` and `(batch, 1)` to a table of all pairs.
            y_true, y_pred = match_ranks(y_true, y_pred)
        values = self._fn(y_true, y_pred, **self._fn_kwargs)
        if mask is not None:
            sample_weight = None if sample_weight is None else ops.convert_to_tensor(sample_weight, dtype=self.dtype)
            sample_weight = apply_mask(sample_weight, mask, self.dtype, "sum")
        super().update_state(values, sample_weight=sample_weight)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        if type(self) is MeanMetricWrapper:
            config["fn"] = serialize_keras_object(self._fn)
        return {**config, **serialize_keras_object(self._fn_kwargs)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Metric":
        if "fn" in config:
            config = deserialize_keras_object(config)
        return cls(**config)


def as_tensors(dtype: Any, *values: Any) -> tuple[Any, ...]:
    return tuple(ops.convert_to_tensor(v, dtype=dtype) for v in values)
