"""Intersection over union, from a confusion matrix."""

from typing import Any

from lamina import _settings, ops
from lamina._checks import check_positive_int
from lamina._public import public

from ._metric import Metric


class _IoUBase(Metric):
    """A confusion matrix, and the mean over some classes of intersection / union."""

    _direction = "up"

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Any,
        name: str | None,
        dtype: Any,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ):
        super().__init__(name=name, dtype=dtype or "int32")
        check_positive_int(num_classes, "num_classes", type(self).__name__)
        self.num_classes = num_classes
        self.target_class_ids: Any = [int(i) for i in target_class_ids]
        for index in self.target_class_ids:
            if not 0 <= index < num_classes:
                raise ValueError(
                    f"{type(self).__name__}: target_class_ids must lie between 0 and {num_classes - 1}; got {index}."
                )
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis
        shape = (num_classes, num_classes)
        self.total_cm: Any = self.add_variable(shape, "zeros", dtype=self.dtype, name="total_confusion_matrix")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Adds a batch: class indices (or one-hot classes), and weights of the shape of the indices."""
        true = ops.reshape(self._indices(y_true, self.sparse_y_true), (-1,))
        pred = ops.reshape(self._indices(y_pred, self.sparse_y_pred), (-1,))
        weight = ops.convert_to_tensor(1 if sample_weight is None else sample_weight, dtype=self.dtype)
        weight = ops.reshape(weight, (-1,)) if len(weight.shape) > 1 else weight
        weight = ops.broadcast_to(weight, true.shape)
        valid = ops.logical_and(self._in_range(true), self._in_range(pred))
        if self.ignore_class is not None:
            valid = ops.logical_and(valid, ops.not_equal(true, self.ignore_class))
        cells = ops.add(ops.multiply(true, self.num_classes), pred)
        cells = ops.where(valid, cells, ops.zeros_like(cells))
        weight = ops.where(valid, weight, ops.zeros_like(weight))
        matrix = ops.segment_sum(weight, cells, num_segments=self.num_classes**2)
        self.total_cm.assign_add(ops.reshape(matrix, self.total_cm.shape))

    def _indices(self, y: Any, sparse: bool) -> Any:
        y = ops.convert_to_tensor(y)
        return ops.cast(y if sparse else ops.argmax(y, axis=self.axis), "int32")

    def _in_range(self, indices: Any) -> Any:
        return ops.logical_and(ops.greater_equal(indices, 0), ops.less(indices, self.num_classes))

    def result(self) -> Any:
        matrix = ops.cast(self.total_cm.value, "float32")
        both = ops.take(ops.diagonal(matrix), self.target_class_ids, axis=0)
        either = ops.add(ops.sum(matrix, axis=0), ops.sum(matrix, axis=1))
        either = ops.subtract(ops.take(either, self.target_class_ids, axis=0), both)
        seen = ops.greater(either, 1e-9)
        ratio = ops.divide(both, ops.add(either, _settings.epsilon()))
        ratio = ops.where(seen, ratio, ops.zeros_like(ratio))
        return ops.divide(ops.sum(ratio), ops.add(ops.sum(ops.cast(seen, "float32")), _settings.epsilon()))

    def _config(self, *names: str) -> dict[str, Any]:
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@public("metrics.IoU")
class IoU(_IoUBase):
    """Mean over chosen classes of TP / (TP + FP + FN).

    Args:
        num_classes: number of classes.
        target_class_ids: the classes of the mean.
        name: name of the metric.
        dtype: dtype of the confusion matrix; int32 by default.
        ignore_class: label that does not count; None for none.
        sparse_y_true, sparse_y_pred: whether labels and predictions are class indices rather than scores on `axis`.
        axis: the axis of the classes where they are scores.
    Raises ValueError for a class outside the range.
    Example:
        >>> metric = metrics.IoU(num_classes=2, target_class_ids=[0])
        >>> metric.update_state([0, 0, 1, 1], [0, 1, 1, 1])
        >>> metric.result()
        Tensor(0.49999994, dtype=float32)
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Any,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ):
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        return self._config("num_classes", "target_class_ids", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis")


@public("metrics.BinaryIoU")
class BinaryIoU(_IoUBase):
    """IoU of two classes from predictions with a threshold.

    Args:
        target_class_ids: the classes of the mean, out of 0 and 1.
        threshold: from it on, a prediction is class 1.
        name: name of the metric.
        dtype: dtype of the confusion matrix; int32 by default.
    Example:
        >>> metric = metrics.BinaryIoU()
        >>> metric.update_state([0, 1, 1, 1], [0.25, 0.75, 0.5, 0.125])
        >>> metric.result()
        Tensor(0.5833334, dtype=float32)
    """

    def __init__(
        self, target_class_ids: Any = (0, 1), threshold: float = 0.5, name: str | None = None, dtype: Any = None
    ):
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Adds a batch: labels 0 or 1, predictions, and weights."""
        y_pred = ops.greater_equal(ops.convert_to_tensor(y_pred, dtype="float32"), self.threshold)
        super().update_state(y_true, ops.cast(y_pred, "int32"), sample_weight)

    def get_config(self) -> dict[str, Any]:
        return self._config("target_class_ids", "threshold")


@public("metrics.MeanIoU")
class MeanIoU(_IoUBase):
    """Mean over all classes of TP / (TP + FP + FN).

    Args:
        num_classes: number of classes.
        name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis: as for `IoU`.
    Example:
        >>> metric = metrics.MeanIoU(num_classes=2)
        >>> metric.update_state([0, 0, 1, 1], [0, 1, 1, 1])
        >>> metric.result()
        Tensor(0.5833334, dtype=float32)
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ):
        super().__init__(num_classes, range(num_classes), name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        return self._config("num_classes", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis")


@public("metrics.OneHotIoU")
class OneHotIoU(_IoUBase):
    """IoU of chosen classes for one-hot labels.

    Args:
        num_classes: number of classes.
        target_class_ids: the classes of the mean.
        name, dtype, ignore_class, sparse_y_pred, axis: as for `IoU`.
    Example:
        >>> metric = metrics.OneHotIoU(num_classes=2, target_class_ids=[0])
        >>> metric.update_state([[1, 0], [0, 1]], [[0.25, 0.75], [0.5, 0.5]])
        >>> metric.result()
        Tensor(0., dtype=float32)
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Any,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ):
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        return self._config("num_classes", "target_class_ids", "ignore_class", "sparse_y_pred", "axis")


@public("metrics.OneHotMeanIoU")
class OneHotMeanIoU(_IoUBase):
    """IoU of all classes for one-hot labels.

    Args:
        num_classes: number of classes.
        name, dtype, ignore_class, sparse_y_pred, axis: as for `IoU`.
    Example:
        >>> metric = metrics.OneHotMeanIoU(num_classes=2)
        >>> metric.update_state([[1, 0], [0, 1]], [[0.75, 0.25], [0.75, 0.25]])
        >>> metric.result()
        Tensor(0.25, dtype=float32)
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ):
        super().__init__(num_classes, range(num_classes), name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        return self._config("num_classes", "ignore_class", "sparse_y_pred", "axis")
