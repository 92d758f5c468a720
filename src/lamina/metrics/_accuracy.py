"""Accuracies: how often the prediction is right."""

from typing import Any

from lamina import _settings, ops
from lamina._public import public
from lamina.losses._comparing import compares
from lamina.losses._loss import match_ranks

from ._reduction import MeanMetricWrapper


def _matches(matches: Any) -> Any:
    return ops.cast(matches, _settings.floatx())


def _drop_last(y_true: Any, y_pred: Any) -> Any:
    """Labels without the axis of size one that stands where the predictions have their classes."""
    if len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == 1:
        return ops.squeeze(y_true, -1)
    return y_true


@compares
def accuracy(y_true: Any, y_pred: Any) -> Any:
    """1 where `y_true` equals `y_pred`, else 0."""
    y_pred = ops.convert_to_tensor(y_pred)
    y_true, y_pred = match_ranks(ops.convert_to_tensor(y_true, dtype=y_pred.dtype), y_pred)
    return _matches(ops.equal(y_true, y_pred))


@public("metrics.binary_accuracy")
@compares
def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Any:
    """1 where (y_pred > threshold) equals the label, else 0.

    Args:
        y_true: labels 0 or 1, `(...)`.
        y_pred: predictions, `(...)`.
        threshold: above it, the prediction is 1.
    Returns: `(...)`, the default float type.
    Example:
        >>> metrics.binary_accuracy([[1, 0, 1]], [[0.75, 0.25, 0.25]])
        Tensor([[1., 1., 0.]], dtype=float32)
    """
    y_true, y_pred = match_ranks(ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred))
    return _matches(ops.equal(y_true, ops.cast(ops.greater(y_pred, threshold), y_true.dtype)))


@public("metrics.categorical_accuracy")
def categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """1 where the highest score is that of the label, else 0.

    Args:
        y_true: one-hot labels, `(..., classes)`.
        y_pred: scores, `(..., classes)`.
    Returns: `(...)`, the default float type.
    Example:
        >>> metrics.categorical_accuracy([[0, 1], [1, 0]], [[0.25, 0.75], [0.25, 0.75]])
        Tensor([1., 0.], dtype=float32)
    """
    true = ops.argmax(ops.convert_to_tensor(y_true), axis=-1)
    return _matches(ops.equal(true, ops.argmax(ops.convert_to_tensor(y_pred), axis=-1)))


@public("metrics.sparse_categorical_accuracy")
@compares
def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """1 where the highest score is that of the label, else 0.

    Args:
        y_true: class indices, `(...)` or `(..., 1)`.
        y_pred: scores, `(..., classes)`.
    Returns: the shape of `y_true` without a last axis of size one, the default float type.
    Example:
        >>> metrics.sparse_categorical_accuracy([1, 0], [[0.25, 0.75], [0.25, 0.75]])
        Tensor([1., 0.], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = _drop_last(ops.convert_to_tensor(y_true), y_pred)
    found = _matches(ops.equal(y_true, ops.cast(ops.argmax(y_pred, axis=-1), y_true.dtype)))
    return ops.squeeze(found, -1) if len(found.shape) > 1 and found.shape[-1] == 1 else found


@public("metrics.top_k_categorical_accuracy")
def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """1 where the label is among the k highest scores, else 0.

    Args:
        y_true: one-hot labels, `(..., classes)`.
        y_pred: scores, `(..., classes)`.
        k: how many of the highest scores count.
    Returns: `(...)`, the default float type.
    Example:
        >>> metrics.top_k_categorical_accuracy([[0, 0, 1]], [[0.1, 0.7, 0.2]], k=2)
        Tensor([1.], dtype=float32)
    """
    return sparse_top_k_categorical_accuracy(ops.argmax(ops.convert_to_tensor(y_true), axis=-1), y_pred, k=k)


@public("metrics.sparse_top_k_categorical_accuracy")
@compares
def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False) -> Any:
    """1 where the label is among the k highest scores, else 0.

    Args:
        y_true: class indices, `(...)`.
        y_pred: scores, `(..., classes)`; class indices from best to worst if `from_sorted_ids`.
        k: how many of the highest scores count.
        from_sorted_ids: see `y_pred`.
    Returns: `(...)`, the default float type.
    Example:
        >>> metrics.sparse_top_k_categorical_accuracy([2], [[0.1, 0.7, 0.2]], k=2)
        Tensor([1.], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.cast(ops.convert_to_tensor(y_true), y_pred.dtype if from_sorted_ids else "int32")
    shape = y_true.shape
    y_pred = ops.reshape(y_pred, (-1, y_pred.shape[-1])) if len(y_pred.shape) > 2 else y_pred
    y_true = ops.reshape(y_true, (-1,)) if len(shape) > 1 else y_true
    if from_sorted_ids:
        found = ops.any(ops.equal(ops.expand_dims(y_true, 1), y_pred[:, :k]), axis=1)
    else:
        found = ops.in_top_k(y_true, y_pred, k=k)
    return ops.reshape(_matches(found), shape)


@public("metrics.Accuracy")
class Accuracy(MeanMetricWrapper):
    """The share of predictions equal to the target.

    Args:
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.Accuracy()
        >>> metric.update_state([1, 2, 3], [1, 2, 4])
        >>> metric.result()
        Tensor(0.6666667, dtype=float32)
    """

    _direction = "up"

    def __init__(self, name: str | None = "accuracy", dtype: Any = None):
        super().__init__(accuracy, name=name, dtype=dtype)


@public("metrics.BinaryAccuracy")
class BinaryAccuracy(MeanMetricWrapper):
    """The share of predictions on the right side of a threshold.

    Args:
        name, dtype: as for `Metric`.
        threshold: above it, the prediction is 1.
    Example:
        >>> metric = metrics.BinaryAccuracy()
        >>> metric.update_state([0, 1, 1, 1], [0.25, 0.75, 0.5, 0.125])
        >>> metric.result()
        Tensor(0.5, dtype=float32)
    """

    _direction = "up"

    def __init__(self, name: str | None = "binary_accuracy", dtype: Any = None, threshold: float = 0.5):
        super().__init__(binary_accuracy, name=name, dtype=dtype, threshold=threshold)


@public("metrics.CategoricalAccuracy")
class CategoricalAccuracy(MeanMetricWrapper):
    """The share of samples whose highest score is that of the one-hot label.

    Args:
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.CategoricalAccuracy()
        >>> metric.update_state([[0, 1], [1, 0]], [[0.25, 0.75], [0.25, 0.75]])
        >>> metric.result()
        Tensor(0.5, dtype=float32)
    """

    _direction = "up"

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None):
        super().__init__(categorical_accuracy, name=name, dtype=dtype)


@public("metrics.SparseCategoricalAccuracy")
class SparseCategoricalAccuracy(MeanMetricWrapper):
    """The share of samples whose highest score is that of the integer label.

    Args:
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.SparseCategoricalAccuracy()
        >>> metric.update_state([1, 0], [[0.25, 0.75], [0.25, 0.75]])
        >>> metric.result()
        Tensor(0.5, dtype=float32)
    """

    _direction = "up"

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None):
        super().__init__(sparse_categorical_accuracy, name=name, dtype=dtype)


@public("metrics.TopKCategoricalAccuracy")
class TopKCategoricalAccuracy(MeanMetricWrapper):
    """The share of samples whose one-hot label is among the k highest scores.

    Args:
        k: how many of the highest scores count.
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.TopKCategoricalAccuracy(k=2)
        >>> metric.update_state([[0, 0, 1], [0, 1, 0]], [[0.1, 0.7, 0.2], [0.5, 0.1, 0.4]])
        >>> metric.result()
        Tensor(0.5, dtype=float32)
    """

    _direction = "up"

    def __init__(self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: Any = None):
        super().__init__(top_k_categorical_accuracy, name=name, dtype=dtype, k=k)


@public("metrics.SparseTopKCategoricalAccuracy")
class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """The share of samples whose integer label is among the k highest scores.

    Args:
        k: how many of the highest scores count.
        name, dtype: as for `Metric`.
        from_sorted_ids: whether predictions are class indices from best to worst.
    Example:
        >>> metric = metrics.SparseTopKCategoricalAccuracy(k=2)
        >>> metric.update_state([2, 1], [[0.1, 0.7, 0.2], [0.5, 0.1, 0.4]])
        >>> metric.result()
        Tensor(0.5, dtype=float32)
    """

    _direction = "up"

    def __init__(
        self,
        k: int = 5,
        name: str | None = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ):
        super().__init__(
            sparse_top_k_categorical_accuracy, name=name, dtype=dtype, k=k, from_sorted_ids=from_sorted_ids
        )
